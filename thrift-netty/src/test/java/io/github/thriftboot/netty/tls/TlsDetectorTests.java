package io.github.thriftboot.netty.tls;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.test.LogCapture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TlsDetector} and {@link TlsAlertDetector}.
 */
class TlsDetectorTests {

	private static final String ALERT = "1503030002020a";

	private final LogCapture log = new LogCapture(TlsDetector.class);

	@AfterEach
	void stopCapture() {
		this.log.close();
	}

	@ParameterizedTest
	@CsvSource({ "800100010000000361646400,unframed and protocol binary", "0000002380010001,framed and protocol binary",
			"000000230fff0000,header", "82210000,unframed and protocol compact" })
	void plaintextIsAnsweredWithAnAlertAndOneLine(String start, String transport) {
		EmbeddedChannel channel = channel(false);

		write(channel, start.substring(0, 4));
		assertThat(channel.outboundMessages()).isEmpty();
		write(channel, start.substring(4));
		write(channel, "00112233");

		assertThat(hex(channel.readOutbound())).isEqualTo(ALERT);
		assertThat(this.log.lines()).singleElement()
			.asString()
			.endsWith(": TLS is required, it looks like Thrift with transport " + transport);
		assertThat(channel.isOpen()).isTrue();
		channel.advanceTimeBy(1, TimeUnit.SECONDS);
		channel.runScheduledPendingTasks();
		assertThat(channel.isOpen()).isFalse();
		assertThat(channel.inboundMessages()).isEmpty();
		channel.finishAndReleaseAll();
	}

	@Test
	void peerThatClosesFirstLeavesNoTimer() {
		EmbeddedChannel channel = channel(false);
		write(channel, "8001000100000003");

		channel.finishAndReleaseAll();

		assertThat(channel.hasPendingTasks()).isFalse();
	}

	@Test
	void plaintextThatIsAllowedIsPassedOn() {
		EmbeddedChannel channel = channel(true);

		write(channel, "80");
		assertThat(channel.inboundMessages()).isEmpty();
		write(channel, "010001");

		assertThat(hex(channel.readInbound())).isEqualTo("80010001");
		assertThat(channel.pipeline().get(TlsDetector.class)).isNull();
		assertThat(channel.pipeline().get(SslHandler.class)).isNull();
		channel.finishAndReleaseAll();
	}

	@Test
	void helloStartsTls() {
		EmbeddedChannel channel = channel(true);

		write(channel, "16");
		write(channel, "03");

		assertThat(channel.pipeline().get(TlsDetector.class)).isNull();
		assertThat(channel.pipeline().get(SslHandler.class)).isNotNull();
		channel.finishAndReleaseAll();
	}

	@Test
	void contextThatCannotBeMadeClosesTheConnection() {
		EmbeddedChannel channel = new EmbeddedChannel(new ServerTls(() -> {
			throw new IllegalStateException("no key");
		}, ClientAuth.NONE, false, Duration.ofSeconds(1)).newDetector());

		write(channel, "160301");

		assertThat(channel.isOpen()).isFalse();
		assertThat(this.log.lines()).singleElement().asString().startsWith("ERROR Closed connection from ");
		channel.finishAndReleaseAll();
	}

	@Test
	void alertOfAPeerIsToldAndAllElseIsPassedOn() {
		EmbeddedChannel alerted = new EmbeddedChannel(ClientTls.newAlertDetector());
		EmbeddedChannel answered = new EmbeddedChannel(ClientTls.newAlertDetector());

		Throwable told = alerted.writeOneInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(ALERT))).cause();
		List.of("0000002380010001", ALERT).forEach((bytes) -> write(answered, bytes));

		assertThat(told).isInstanceOf(TlsException.class).hasMessageContaining("the peer expects TLS");
		assertThat(hex(answered.readInbound())).isEqualTo("0000002380010001");
		assertThat(hex(answered.readInbound())).isEqualTo(ALERT);
		alerted.finishAndReleaseAll();
		answered.finishAndReleaseAll();
	}

	private static EmbeddedChannel channel(boolean plaintextAllowed) {
		TlsContext context = TestTls.context(TestTls.SERVER);
		EmbeddedChannel channel = new EmbeddedChannel(
				new ServerTls(() -> context, ClientAuth.NONE, plaintextAllowed, Duration.ofSeconds(1)).newDetector());
		channel.freezeTime();
		return channel;
	}

	private static void write(EmbeddedChannel channel, String hex) {
		channel.writeOneInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex)));
		channel.runPendingTasks();
	}

	private static String hex(ByteBuf bytes) {
		try {
			return ByteBufUtil.hexDump(bytes);
		}
		finally {
			bytes.release();
		}
	}

}
