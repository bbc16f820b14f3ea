package io.github.thriftboot.netty.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OnewayCalls}.
 */
class OnewayCallsTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final OnewayCalls calls = new OnewayCalls();

	private final List<ThriftCall> taken = new ArrayList<>();

	private final List<Throwable> failures = new ArrayList<>();

	private final List<ThriftCall> unfinished = new ArrayList<>();

	@AfterEach
	void closeChannel() {
		this.channel.close();
	}

	@Test
	void callsThatTheSystemHasTakenAreOver() {
		ThriftCall call = add();

		follow(this.channel.newSucceededFuture().channel().newPromise().setSuccess());

		assertThat(this.taken).containsExactly(call);
		assertThat(this.failures).containsOnlyNulls();
		assertThat(this.unfinished).isEmpty();
		assertThat(this.calls.isEmpty()).isTrue();
		assertThat(this.calls.isAnyUnsent()).isFalse();
	}

	@Test
	void callsThatTheSystemHasNotTakenAreUnsentUntilItHas() {
		ThriftCall first = add();
		ThriftCall second = add();
		ChannelPromise written = this.channel.newPromise();

		follow(written);
		assertThat(this.calls.isEmpty()).as("next batch").isTrue();
		assertThat(this.unfinished).containsExactly(first, second);
		assertThat(unsent()).containsExactlyInAnyOrder(first, second);
		ThriftCall third = add();
		first.timeOut();
		assertThat(this.calls.isAnyUnsent()).isTrue();
		second.timeOut();
		assertThat(this.calls.isAnyUnsent()).as("time is over").isFalse();
		written.setFailure(new IOException("lost"));

		assertThat(this.taken).containsExactly(first, second);
		assertThat(this.failures).hasSize(2).allMatch(IOException.class::isInstance);
		assertThat(unsent()).isEmpty();
		follow(this.channel.newPromise());
		assertThat(unsent()).containsExactly(third);
	}

	private void follow(ChannelPromise written) {
		this.calls.follow(written, (call, failure) -> {
			this.taken.add(call);
			this.failures.add(failure);
		}, this.unfinished::add);
	}

	private List<ThriftCall> unsent() {
		List<ThriftCall> unsent = new ArrayList<>();
		this.calls.forEachUnsent(unsent::add);
		return unsent;
	}

	private ThriftCall add() {
		ThriftMethod method = TestRuntime.ECHO.method("note");
		ThriftCall call = new BlockingCall(null, method, method.name(), method.emptyArgs(),
				CallPolicy.of(Duration.ofMinutes(1)));
		this.calls.add(call);
		return call;
	}

}
