package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.client.Liveness.Verdict;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.transport.FrameWriter;
import io.github.thriftboot.test.EchoService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Heartbeat}.
 */
class HeartbeatTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final PendingCalls pending = new PendingCalls(7);

	private Endpoint endpoint;

	private Heartbeat heartbeat;

	private FrameWriter writer;

	private void start(ThriftTransport transport, ThriftProtocol protocol) {
		ConnectionPool pool = this.runtime.pool();
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(pool, "EchoService", InstanceSource.of(List.of()))
					.transport(transport)
					.protocol(protocol)
					.connections((connections) -> connections.heartbeat(Duration.ofSeconds(8), Duration.ofSeconds(2))));
		this.endpoint = new Endpoint(options.key(ThriftInstance.of("localhost", 1)), pool);
		this.endpoint.pings().join("EchoService:");
		this.heartbeat = new Heartbeat(this.endpoint, this.pending);
		this.heartbeat.started(0);
		this.writer = new FrameWriter(this.channel, this.endpoint.codec());
	}

	@AfterEach
	void closeChannel() {
		assertThat(this.channel.finishAndReleaseAll()).as("nothing else was written").isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "HEADER, BINARY", "HEADER, COMPACT", "FRAMED, BINARY", "FRAMED, COMPACT", "FRAMED, JSON",
			"UNFRAMED, BINARY", "UNFRAMED, COMPACT", "UNFRAMED, JSON" })
	void pingIsACallWithoutArgumentsUnderTheNameOfTheService(ThriftTransport transport, ThriftProtocol protocol)
			throws Exception {
		start(transport, protocol);

		assertThat(this.heartbeat.look(this.channel, 8 * SECOND)).isEqualTo(Verdict.QUIET);
		this.heartbeat.ask(this.channel, this.writer, 8 * SECOND);

		RawMessage ping = written();
		assertThat(ping.name()).isEqualTo("EchoService:$ping");
		assertThat(ping.type()).isEqualTo(TMessageType.CALL);
		assertThat(ping.id()).isEqualTo(7);
		assertThat(ping.envelope().outOfOrder()).isEqualTo(transport == ThriftTransport.HEADER);
		ping.read(new EchoService.nothing_args());
		assertThat(this.pending.nextId()).as("next call").isEqualTo(8);
		assertThat(this.heartbeat.nanosToNextLook(8 * SECOND)).isEqualTo(2 * SECOND);
	}

	@Test
	void peerThatAnswersOutOfOrderIsAskedAnyTime() throws Exception {
		start(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		this.endpoint.onReply(true);
		call();

		this.heartbeat.ask(this.channel, this.writer, 0);

		assertThat(written().name()).endsWith("$ping");
	}

	@ParameterizedTest
	@CsvSource({ "HEADER, true", "FRAMED, true", "FRAMED, false" })
	void peerThatMayAnswerInOrderIsAskedIfItOwesNothing(ThriftTransport transport, boolean answered) throws Exception {
		start(transport, ThriftProtocol.BINARY);
		if (answered) {
			this.endpoint.onReply(false);
		}
		int id = call();

		this.heartbeat.ask(this.channel, this.writer, 0);
		assertThat(this.channel.outboundMessages()).isEmpty();
		this.pending.abandonIf((call) -> true);
		this.heartbeat.ask(this.channel, this.writer, 0);
		assertThat(this.channel.outboundMessages()).as("abandoned").isEmpty();
		this.pending.remove(id);
		this.heartbeat.ask(this.channel, this.writer, 0);

		assertThat(written().name()).endsWith("$ping");
	}

	@Test
	void peerThatHasNotAnsweredYetIsAskedIfNobodyWaits() throws Exception {
		start(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		call();

		this.heartbeat.ask(this.channel, this.writer, 0);
		assertThat(this.channel.outboundMessages()).isEmpty();
		this.pending.abandonIf((call) -> true);
		this.heartbeat.ask(this.channel, this.writer, 0);

		assertThat(written().name()).endsWith("$ping");
	}

	@Test
	void peerThatAnswersInOrderIsNotAskedSoonAfterACall() {
		start(ThriftTransport.FRAMED, ThriftProtocol.BINARY);
		assertThat(this.heartbeat.look(this.channel, 6 * SECOND)).isEqualTo(Verdict.ALIVE);

		this.pending.remove(call());

		assertThat(this.heartbeat.look(this.channel, 8 * SECOND)).isEqualTo(Verdict.ALIVE);
		assertThat(this.heartbeat.look(this.channel, 16 * SECOND)).isEqualTo(Verdict.QUIET);
	}

	@Test
	void peerThatTakesNothingIsNotSentAPingButJudged() {
		start(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		this.channel.unsafe()
			.outboundBuffer()
			.addMessage(Unpooled.buffer().writeZero(1_000), 1_000, this.channel.newPromise());
		assertThat(this.heartbeat.look(this.channel, 8 * SECOND)).isEqualTo(Verdict.QUIET);

		this.heartbeat.ask(this.channel, this.writer, 8 * SECOND);

		assertThat(this.pending.givenOut()).as("no id was used").isEqualTo(7);
		assertThat(this.heartbeat.look(this.channel, 10 * SECOND)).isEqualTo(Verdict.ALIVE);
		assertThat(this.heartbeat.look(this.channel, 11 * SECOND)).isEqualTo(Verdict.DEAD);
		assertThat(this.heartbeat.isRefusal(true)).as("there was no ping").isFalse();
		this.channel.flushOutbound();
		((ByteBuf) this.channel.readOutbound()).release();
	}

	@Test
	void answerIsKnownByItsIdOrByNothingElseBeingOwed() throws Exception {
		start(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		this.endpoint.onReply(true);
		assertThat(this.heartbeat.isAnswer(7)).as("not asked").isFalse();
		this.heartbeat.ask(this.channel, this.writer, 0);
		written();
		int id = call();

		assertThat(this.heartbeat.isAnswer(0)).as("of somebody else").isFalse();
		assertThat(this.endpoint.pings().answered()).isFalse();
		assertThat(this.heartbeat.isAnswer(7)).isTrue();
		assertThat(this.endpoint.pings().answered()).isTrue();
		this.pending.remove(id);
		this.heartbeat.ask(this.channel, this.writer, 0);
		written();
		assertThat(this.heartbeat.isAnswer(0)).as("as some tell of errors").isTrue();
	}

	@Test
	void peerThatClosesWhenItIsAskedIsNotAskedAgain() throws Exception {
		start(ThriftTransport.FRAMED, ThriftProtocol.BINARY);
		this.endpoint.onReply(false);
		this.heartbeat.ask(this.channel, this.writer, 0);
		written();

		assertThat(this.heartbeat.isRefusal(true)).isTrue();
		this.heartbeat.started(SECOND);
		this.heartbeat.ask(this.channel, this.writer, 20 * SECOND);
		assertThat(this.channel.outboundMessages()).isEmpty();

		assertThat(this.heartbeat.isRefusal(true)).as("for good").isFalse();
		this.heartbeat.ask(this.channel, this.writer, 40 * SECOND);
		assertThat(this.channel.outboundMessages()).isEmpty();
		assertThat(this.heartbeat.isProofDue()).isFalse();
	}

	@Test
	void suspicionAsksOnceUntilThereIsASign() throws Exception {
		start(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		this.endpoint.onReply(true);

		this.heartbeat.onSuspicion(this.channel, this.writer, 0);
		this.heartbeat.onSuspicion(this.channel, this.writer, SECOND);
		written();
		assertThat(this.channel.outboundMessages()).isEmpty();
		this.heartbeat.received();
		this.heartbeat.onSuspicion(this.channel, this.writer, 2 * SECOND);

		written();
	}

	@Test
	void proofIsDueWhereNoAnswerMeansThatThePeerIsGone() {
		start(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		assertThat(this.heartbeat.isProofDue()).as("it has answered nothing").isTrue();
		this.endpoint.onReply(false);
		assertThat(this.heartbeat.isProofDue()).as("it has answered calls, in their order").isFalse();
		this.endpoint.onReply(true);
		assertThat(this.heartbeat.isProofDue()).as("out of order").isTrue();
		this.endpoint.onReply(false);
		this.endpoint.pings().onAnswer();
		assertThat(this.heartbeat.isProofDue()).as("it has answered pings").isTrue();
	}

	private int call() {
		ThriftMethod method = TestRuntime.ECHO.method("nothing");
		int id = this.pending.nextId();
		this.pending.put(id, new BlockingCall(null, method, method.name(), method.emptyArgs(),
				CallPolicy.of(Duration.ofMinutes(1))));
		return id;
	}

	private RawMessage written() throws TException {
		ByteBuf out = this.channel.readOutbound();
		byte[] bytes = ByteBufUtil.getBytes(out);
		out.release();
		boolean framed = this.endpoint.options().transport() != ThriftTransport.UNFRAMED;
		return framed ? RawMessage.parseAll(bytes).get(0) : RawMessage.parseUnframed(bytes);
	}

}
