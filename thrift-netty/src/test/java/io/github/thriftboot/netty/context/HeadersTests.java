package io.github.thriftboot.netty.context;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CallHeaders} and {@link ThriftContext}.
 */
class HeadersTests {

	@Test
	void headersOpenedLastAreSent() {
		assertThat(CallHeaders.current()).isNull();
		try (CallHeaders outer = CallHeaders.open().put("a", "outer")) {
			try (CallHeaders inner = CallHeaders.open().put("b", "inner")) {
				assertThat(CallHeaders.current()).isSameAs(inner);
				assertThat(inner.request()).isEqualTo(Map.of("b", "inner"));
			}
			assertThat(CallHeaders.current()).isSameAs(outer);
			assertThat(outer.put("a", "changed").request()).isEqualTo(Map.of("a", "changed"));
		}
		assertThat(CallHeaders.current()).isNull();
	}

	@Test
	void moreHeadersThanAPeerAcceptsAreRefused() {
		try (CallHeaders headers = CallHeaders.open()) {
			for (int i = 0; i < 56; i++) {
				headers.put("name" + i, "value");
			}
			headers.put("name0", "again");
			assertThatIllegalArgumentException().isThrownBy(() -> headers.put("one more", ""))
				.withMessageContaining("57")
				.withMessageContaining("at most 56");
			assertThat(headers.request()).hasSize(56).containsEntry("name0", "again");
		}
	}

	@Test
	void largerHeadersThanAPeerAcceptsAreRefused() {
		ThriftContext context = new ThriftContext("Service", "method", null, Map.of(), null);
		context.replyHeader("a", "ä".repeat(3_000));

		assertThatIllegalArgumentException().isThrownBy(() -> context.replyHeader("b", "ä".repeat(1_000)))
			.withMessageContaining("bytes");

		assertThat(context.replyHeaders()).containsOnlyKeys("a");
	}

	@Test
	void contextIsBoundToTheThread() {
		ThriftContext context = new ThriftContext("Service", "method", null, Map.of("a", "b"), System.nanoTime());

		assertThat(ThriftContext.bind(context)).isNull();

		assertThat(ThriftContext.current()).isSameAs(context);
		assertThat(context.timeLeft()).isZero();
		assertThat(context.headers()).isEqualTo(Map.of("a", "b"));
		assertThat(ThriftContext.bind(null)).isSameAs(context);
		assertThat(ThriftContext.current()).isNull();
	}

}
