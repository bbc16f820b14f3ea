package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionSweep}. Time passes as a test says.
 */
class ConnectionSweepTests {

	private static final ConnectionLimits LIMITS = ConnectionLimits.builder()
		.firstByteTimeout(Duration.ofSeconds(4))
		.frameTimeout(Duration.ofSeconds(4))
		.idleTimeout(Duration.ofSeconds(8))
		.build();

	/**
	 * An eighth of the shortest time.
	 */
	private static final int PERIOD_MILLIS = 500;

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel connection = EmbeddedChannel.builder().ticker(this.ticker).build();

	private final ConnectionSweep sweep = new ConnectionSweep(LIMITS, Long.MAX_VALUE, this.ticker::nanoTime);

	private final ThriftServer server = ThriftServer.builder()
		.service("EchoService", TestRuntime.ECHO, new EchoHandler())
		.executor(Runnable::run)
		.build();

	private LogCapture log;

	@BeforeEach
	void accept() {
		this.log = new LogCapture(ConnectionSweep.class);
		this.connection.pipeline().addLast(new DialectDetector(this.server));
		this.sweep.watch(this.connection);
	}

	@AfterEach
	void stop() {
		this.log.close();
		this.connection.finishAndReleaseAll();
		assertThat(this.server.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void timeBeforeTheServerReadsIsNotCounted() {
		pass(60_000);
		assertThat(this.connection.isOpen()).isTrue();

		this.sweep.start(this.connection.eventLoop());

		// the time for the first bytes begins with the first look
		pass(PERIOD_MILLIS + 3_999);
		assertThat(this.connection.isOpen()).isTrue();
		pass(PERIOD_MILLIS);
		assertThat(this.connection.isOpen()).isFalse();
		assertThat(this.log.lines()).singleElement().asString().contains("nothing that can be recognized");
	}

	@Test
	void requestThatHasWaitedForTheStartIsServedAndTheConnectionIsNotIdleBefore() {
		pass(60_000);
		this.sweep.start(this.connection.eventLoop());
		this.connection.writeInbound(Unpooled.wrappedBuffer(RawMessage
			.toBytes(List.of(RawMessage.call(RawMessage.FRAMED, "add", 1, new EchoService.add_args(40, 2))))));

		pass(PERIOD_MILLIS + 7_999);
		assertThat(this.connection.isOpen()).isTrue();
		pass(PERIOD_MILLIS);
		assertThat(this.connection.isOpen()).isFalse();
		assertThat(this.log.lines()).as("warnings").isEmpty();
		assertThat(this.connection.outboundMessages()).as("the reply").hasSize(1);
	}

	@Test
	void timeInWhichTheProcessWasStoppedIsNotCounted() {
		this.sweep.start(this.connection.eventLoop());
		pass(PERIOD_MILLIS);

		this.ticker.advance(60, TimeUnit.SECONDS);
		this.connection.runScheduledPendingTasks();

		assertThat(this.connection.isOpen()).isTrue();
		pass(4_000);
		assertThat(this.connection.isOpen()).isFalse();
	}

	/**
	 * Let time pass, and the event loop do meanwhile what is due.
	 */
	private void pass(long millis) {
		for (long left = millis; left > 0; left -= PERIOD_MILLIS) {
			this.ticker.advance(Math.min(left, PERIOD_MILLIS), TimeUnit.MILLISECONDS);
			this.connection.runScheduledPendingTasks();
		}
	}

}
