package io.github.thriftboot.netty.context;

import java.util.Map;

import io.github.thriftboot.netty.protocol.MessageLimits;
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
	void inheritedHeadersBeginWithThoseOfTheThread() {
		try (CallHeaders outer = CallHeaders.open().put("a", "outer").put("b", "outer")) {
			CallHeaders inherited = CallHeaders.inherit().put("b", "inherited");

			assertThat(CallHeaders.current()).isSameAs(outer);
			assertThat(inherited.request()).isEqualTo(Map.of("a", "outer", "b", "inherited"));
			assertThat(outer.request()).isEqualTo(Map.of("a", "outer", "b", "outer"));

			inherited.replied(Map.of("c", "reply"));

			assertThat(inherited.reply()).isEqualTo(Map.of("c", "reply"));
			assertThat(outer.reply()).isEqualTo(Map.of("c", "reply"));
		}
		assertThat(CallHeaders.inherit().request()).isEmpty();
	}

	@Test
	void moreHeadersOfAReplyThanTheLimitAreRefused() {
		assertHeadersOfReply(MessageLimits.DEFAULT, 56);
		assertHeadersOfReply(MessageLimits.builder().maxHeaders(10).build(), 2);
		assertHeadersOfReply(MessageLimits.builder().maxHeaders(100).build(), 92);
	}

	private static void assertHeadersOfReply(MessageLimits limits, int count) {
		ThriftContext context = new ThriftContext("Service", "method", null, Map.of(), null, limits);
		for (int i = 0; i < count; i++) {
			context.replyHeader("name" + i, "value");
		}
		context.replyHeader("name0", "again");
		assertThatIllegalArgumentException().isThrownBy(() -> context.replyHeader("one more", ""))
			.withMessageContaining("headers: " + (count + 1))
			.withMessageContaining("at most " + count);
		assertThat(context.replyHeaders()).hasSize(count).containsEntry("name0", "again");
	}

	@Test
	void moreHeadersThanAnyClientMaySendAreRefused() {
		try (CallHeaders headers = CallHeaders.open()) {
			for (int i = 0; i < 100; i++) {
				headers.put("name" + i, "v".repeat(2_500));
			}
			assertThatIllegalArgumentException().isThrownBy(() -> headers.put("one more", "v".repeat(12_000)))
				.withMessageContaining("headers: 101")
				.withMessageContaining("260096 bytes");
			assertThat(headers.request()).hasSize(100);
		}
	}

	@Test
	void largerHeadersOfAReplyThanTheLimitAreRefused() {
		ThriftContext context = new ThriftContext("Service", "method", null, Map.of(), null, MessageLimits.DEFAULT);
		context.replyHeader("a", "ä".repeat(3_000));

		assertThatIllegalArgumentException().isThrownBy(() -> context.replyHeader("b", "ä".repeat(1_000)))
			.withMessageContaining("bytes");

		assertThat(context.replyHeaders()).containsOnlyKeys("a");
	}

	@Test
	void contextIsBoundToTheThread() {
		ThriftContext context = new ThriftContext("Service", "method", null, Map.of("a", "b"), System.nanoTime(),
				MessageLimits.DEFAULT);

		assertThat(ThriftContext.bind(context)).isNull();

		assertThat(ThriftContext.current()).isSameAs(context);
		assertThat(context.timeLeft()).isZero();
		assertThat(context.headers()).isEqualTo(Map.of("a", "b"));
		assertThat(ThriftContext.bind(null)).isSameAs(context);
		assertThat(ThriftContext.current()).isNull();
	}

}
