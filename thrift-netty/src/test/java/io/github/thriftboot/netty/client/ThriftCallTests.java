package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.transport.AdaptiveSpin;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ThriftCall}.
 */
class ThriftCallTests {

	private final ThriftMethod method = TestRuntime.ECHO.method("add");

	private final BlockingCall call = new BlockingCall(null, this.method, "EchoService:add", this.method.args(1, 2),
			CallPolicy.of(Duration.ofMinutes(1)));

	@Test
	void argumentsAreEncodedOncePerProtocol() throws Exception {
		ByteBuf binary = encode(ThriftProtocol.BINARY);
		encode(ThriftProtocol.BINARY);
		assertThat(peek()).isSameAs(binary);

		ByteBuf compact = encode(ThriftProtocol.COMPACT);

		assertThat(compact).isNotSameAs(binary);
		assertThat(binary.refCnt()).isZero();
		this.call.giveUp(null);
		assertThat(compact.refCnt()).isZero();
	}

	@Test
	void firstOutcomeWins() throws Exception {
		ByteBuf body = encode(ThriftProtocol.BINARY);

		assertThat(this.call.timeOut()).isTrue();
		assertThat(this.call.giveUp(null)).isFalse();
		assertThat(this.call.fail(new TException("late"))).isFalse();
		ThriftMessage reply = reply();
		this.call.succeed(reply);

		assertThatExceptionOfType(CallTimeoutException.class).isThrownBy(() -> this.call.await(new AdaptiveSpin()))
			.satisfies((failure) -> assertThat(failure.getStackTrace()).as("of the caller").isNotEmpty());
		assertThat(body.refCnt()).isZero();
		assertThat(reply.body().refCnt()).as("late reply").isZero();
	}

	@Test
	void callThatIsOverHasNothingToWrite() throws Exception {
		ByteBuf body = encode(ThriftProtocol.BINARY);

		this.call.giveUp(null);

		assertThat(this.call.takeBody()).isNull();
		assertThat(body.refCnt()).isZero();
	}

	@Test
	void argumentsThatAreJustBeingWrittenAreReleasedAfterwards() throws Exception {
		encode(ThriftProtocol.BINARY);
		ByteBuf body = this.call.takeBody();

		this.call.timeOut();
		assertThat(body.refCnt()).isOne();
		this.call.giveBackBody(body);

		assertThat(body.refCnt()).isZero();
	}

	@Test
	void replyBelongsToTheCaller() throws Exception {
		ByteBuf body = encode(ThriftProtocol.BINARY);
		ThriftMessage reply = reply();

		this.call.succeed(reply);

		assertThat(this.call.await(new AdaptiveSpin())).isSameAs(reply);
		assertThat(reply.body().refCnt()).isOne();
		assertThat(body.refCnt()).isZero();
		reply.release();
	}

	@Test
	void callWasTriedWhereItWent() throws Exception {
		ConnectionPool pool = new ConnectionPool(1);
		Member[] members = new Member[3];
		ChannelOptions options = new ChannelOptions(
				ThriftChannel.builder(pool, "EchoService", InstanceSource.of(List.of())));
		for (int i = 0; i < members.length; i++) {
			ThriftInstance instance = ThriftInstance.of("localhost", 1 + i);
			members[i] = new Member(new Endpoint(options.key(instance), pool), instance, 0, null);
		}
		long begun = this.call.attemptNanos();
		assertThat(members).noneMatch(this.call::tried);

		this.call.goesTo(members[1].endpoint());
		assertThat(members).filteredOn(this.call::tried).containsExactly(members[1]);
		assertThat(this.call.attemptNanos()).isEqualTo(begun);

		this.call.goesTo(members[0].endpoint());
		assertThat(members).filteredOn(this.call::tried).containsExactly(members[0], members[1]);
		assertThat(this.call.attemptNanos()).isGreaterThan(begun);
		assertThat(this.call.tried(new TestCandidate("localhost", 1))).isFalse();
		pool.close();
	}

	private ByteBuf encode(ThriftProtocol protocol) throws TException {
		this.call.encode(new MessageCodec(MessageLimits.DEFAULT), protocol, ByteBufAllocator.DEFAULT);
		return peek();
	}

	private ByteBuf peek() {
		ByteBuf body = this.call.takeBody();
		this.call.giveBackBody(body);
		return body;
	}

	private static ThriftMessage reply() {
		return new ThriftMessage(RawMessage.OUT_OF_ORDER, "add", TMessageType.REPLY, 1,
				ByteBufAllocator.DEFAULT.buffer().writeByte(0));
	}

}
