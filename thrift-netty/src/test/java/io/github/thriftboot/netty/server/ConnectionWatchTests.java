package io.github.thriftboot.netty.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionWatch}. Time passes as a test says.
 */
class ConnectionWatchTests {

	private static final ConnectionLimits LIMITS = ConnectionLimits.builder()
		.firstByteTimeout(Duration.ofSeconds(1))
		.frameTimeout(Duration.ofSeconds(2))
		.idleTimeout(Duration.ofSeconds(10))
		.writeTimeout(Duration.ofSeconds(3))
		.build();

	private static final RawMessage REQUEST = RawMessage.call(RawMessage.FRAMED, "add", 1,
			new EchoService.add_args(40, 2));

	private final List<Runnable> tasks = new ArrayList<>();

	private final ThriftServer server = ThriftServer.builder()
		.service("EchoService", TestRuntime.ECHO, new EchoHandler())
		.executor(this.tasks::add)
		.build();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ConnectionWatch watch = new ConnectionWatch(LIMITS, this.channel);

	private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);

	ConnectionWatchTests() {
		this.channel.pipeline().addLast(this.watch, new DialectDetector(this.server));
	}

	@AfterEach
	void stop() {
		this.tasks.forEach(Runnable::run);
		this.channel.finishAndReleaseAll();
		assertThat(this.server.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void peerThatSendsNothingIsLateOnce() {
		assertThat(lookAfterMillis(0)).isNull();
		assertThat(lookAfterMillis(999)).isNull();
		assertThat(lookAfterMillis(1)).isEqualTo("nothing that can be recognized within 1000 ms");
	}

	@Test
	void firstBytesThatTrickleAreLate() {
		byte[] bytes = bytes(REQUEST);
		assertThat(lookAfterMillis(0)).isNull();
		receive(bytes, 0, 3);
		assertThat(lookAfterMillis(600)).isNull();
		receive(bytes, 3, 4);
		assertThat(lookAfterMillis(600)).startsWith("nothing that can be recognized");
	}

	@Test
	void messageThatTricklesIsLate() {
		byte[] bytes = bytes(REQUEST);
		receive(bytes, 0, 10);
		String reason = null;
		int looks = 0;
		for (int i = 10; i < bytes.length - 1 && reason == null; i++) {
			receive(bytes, i, i + 1);
			reason = lookAfterMillis(500);
			looks++;
		}
		assertThat(reason).isEqualTo("message not complete within 2000 ms");
		assertThat(looks).isEqualTo(5);
	}

	@Test
	void messagesThatFollowEachOtherAreNotLateAlthoughOneIsAlwaysIncomplete() {
		byte[] bytes = bytes(REQUEST);
		receive(bytes, 0, 20);
		for (int i = 0; i < 20; i++) {
			receive(bytes, 20, bytes.length);
			receive(bytes, 0, 20);
			assertThat(lookAfterMillis(1_500)).isNull();
		}
	}

	@Test
	void messageThatIsNotReadBecauseRepliesWaitIsNotLate() {
		byte[] bytes = bytes(REQUEST);
		receive(bytes, 0, 20);
		this.channel.config().setAutoRead(false);
		assertThat(lookAfterMillis(0)).isNull();
		assertThat(lookAfterMillis(5_000)).isNull();
		this.channel.config().setAutoRead(true);
		assertThat(lookAfterMillis(1_000)).isNull();
		assertThat(lookAfterMillis(2_000)).startsWith("message not complete");
	}

	@Test
	void rejectedMessageThatIsTooLargeHasToArriveInTimeAsWell() {
		receive(new byte[] { 0x02, 0, 0, 0, (byte) 0x80, 1, 0, 1 }, 0, 8);
		assertThat(lookAfterMillis(0)).isNull();
		receive(new byte[1_000], 0, 1_000);
		assertThat(lookAfterMillis(2_000)).startsWith("message not complete");
	}

	@Test
	void connectionIsNotUsedOnlyWhenNothingIsAskedAndNothingIsOwed() {
		receive(bytes(REQUEST), 0, bytes(REQUEST).length);
		assertThat(lookAfterMillis(0)).isNull();
		assertThat(lookAfterMillis(60_000)).as("the handler is busy").isNull();
		this.tasks.forEach(Runnable::run);
		this.tasks.clear();
		assertThat(lookAfterMillis(0)).isNull();
		assertThat(lookAfterMillis(9_999)).isNull();
		receive(bytes(REQUEST), 0, bytes(REQUEST).length);
		this.tasks.forEach(Runnable::run);
		this.tasks.clear();
		assertThat(lookAfterMillis(9_999)).isNull();
		assertThat(lookAfterMillis(9_999)).isNull();
		assertThat(lookAfterMillis(1)).isEqualTo(ConnectionWatch.UNUSED);
	}

	@Test
	void peerThatReadsNothingIsLate() {
		receive(bytes(REQUEST), 0, bytes(REQUEST).length);
		this.channel.write(Unpooled.wrappedBuffer(new byte[1_000]));
		assertThat(lookAfterMillis(0)).isNull();
		assertThat(lookAfterMillis(2_999)).isNull();
		assertThat(lookAfterMillis(1)).isEqualTo("replies not read for 3000 ms");
	}

	@Test
	void peerThatReadsSlowlyIsNotLate() {
		receive(bytes(REQUEST), 0, bytes(REQUEST).length);
		for (int i = 0; i < 20; i++) {
			this.channel.write(Unpooled.wrappedBuffer(new byte[70_000]));
			this.channel.flush();
			this.channel.write(Unpooled.wrappedBuffer(new byte[70_000]));
			assertThat(lookAfterMillis(2_000)).isNull();
		}
	}

	@Test
	void noTimeIsKeptThatIsZero() {
		EmbeddedChannel other = new EmbeddedChannel();
		ConnectionWatch unlimited = new ConnectionWatch(ConnectionLimits.builder()
			.firstByteTimeout(Duration.ZERO)
			.frameTimeout(Duration.ZERO)
			.idleTimeout(Duration.ZERO)
			.writeTimeout(Duration.ZERO)
			.build(), other);
		other.pipeline().addLast(unlimited, new DialectDetector(this.server));
		assertThat(unlimited.look(0)).isNull();
		assertThat(unlimited.look(Long.MAX_VALUE)).isNull();
		other.writeInbound(Unpooled.wrappedBuffer(bytes(REQUEST), 0, 20));
		assertThat(unlimited.look(0)).isNull();
		assertThat(unlimited.look(Long.MAX_VALUE)).isNull();
		other.finishAndReleaseAll();
	}

	private String lookAfterMillis(long millis) {
		this.now += TimeUnit.MILLISECONDS.toNanos(millis);
		return this.watch.look(this.now);
	}

	private void receive(byte[] bytes, int from, int to) {
		this.channel.writeInbound(Unpooled.copiedBuffer(bytes, from, to - from));
	}

	private static byte[] bytes(RawMessage message) {
		return RawMessage.toBytes(List.of(message));
	}

}
