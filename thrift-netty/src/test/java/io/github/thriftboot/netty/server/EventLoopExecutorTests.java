package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EventLoopExecutorTests {

	@Test
	void methodRunsOnTheThreadThatReadsAndIsLoggedOnceIfItIsSlow() throws Exception {
		Thread reader = Thread.currentThread();
		EchoHandler handler = new EchoHandler() {

			@Override
			public String whoAmI() {
				return String.valueOf(Thread.currentThread() == reader);
			}

		};
		ThriftServer server = ThriftServer.builder()
			.service("EchoService", TestRuntime.ECHO, handler, null,
					Map.of("whoAmI", new EventLoopExecutor(Duration.ofNanos(1)), "add",
							new EventLoopExecutor(Duration.ofDays(1))))
			.build();
		EmbeddedChannel channel = new EmbeddedChannel(new DialectDetector(server));
		try (LogCapture log = new LogCapture(EventLoopExecutor.class)) {
			for (RawMessage request : List.of(
					RawMessage.call(RawMessage.OUT_OF_ORDER, "whoAmI", 1, new BaseService.whoAmI_args()),
					RawMessage.call(RawMessage.OUT_OF_ORDER, "whoAmI", 2, new BaseService.whoAmI_args()),
					RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 3, new EchoService.add_args(1, 2)))) {
				channel.writeInbound(Unpooled.wrappedBuffer(request.toBytes()));
			}

			List<RawMessage> replies = EmbeddedReplies.take(channel);
			assertThat(replies).extracting(RawMessage::id).containsExactly(1, 2, 3);
			assertThat(replies.get(0).read(new BaseService.whoAmI_result()).getSuccess()).isEqualTo("true");
			assertThat(log.lines()).singleElement()
				.asString()
				.startsWith("WARN A call of EchoService:whoAmI has blocked its event loop");
		}
		channel.finish();
		assertThat(server.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void timeThatIsNoneIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new EventLoopExecutor(Duration.ZERO))
			.withMessage("warnAfter: PT0S (expected: > 0)");
	}

	@Test
	void executorOfAMethodThatTheServiceDoesNotHaveIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ThriftServer.builder()
				.service("EchoService", TestRuntime.ECHO, new EchoHandler(), null, Map.of("missing", Runnable::run)))
			.withMessageContaining("has no method missing");
	}

}
