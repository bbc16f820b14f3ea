package io.github.thriftboot.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.thriftboot.netty.client.BroadcastException;
import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.test.Declined;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocolException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class CallOutcomeTests {

	static Stream<Arguments> failures() {
		return Stream.of(Arguments.of(new Declined(1, "no"), CallOutcome.DECLARED_EXCEPTION),
				Arguments.of(new UnprocessedException("drain", "a:1", null), CallOutcome.UNREACHABLE),
				Arguments.of(new ConnectionLostException("gone", "a:1", null), CallOutcome.UNREACHABLE),
				Arguments.of(new CallTimeoutException("late", "a:1", null), CallOutcome.UNREACHABLE),
				Arguments.of(new NoInstanceException("none", null, null), CallOutcome.NOT_TRIED),
				Arguments.of(breakerOpen(), CallOutcome.NOT_TRIED),
				Arguments.of(new CallCancelledException("interrupted", null, null), CallOutcome.CALLER),
				Arguments.of(new RequestEncodingException("echo", new TException("too large")), CallOutcome.CALLER),
				Arguments.of(remote(TApplicationException.UNKNOWN_METHOD), CallOutcome.CALLER),
				Arguments.of(remote(TApplicationException.INVALID_MESSAGE_TYPE), CallOutcome.CALLER),
				Arguments.of(remote(TApplicationException.PROTOCOL_ERROR), CallOutcome.CALLER),
				Arguments.of(remote(TApplicationException.INTERNAL_ERROR), CallOutcome.APPLICATION_ERROR),
				Arguments.of(remote(TApplicationException.UNKNOWN), CallOutcome.APPLICATION_ERROR),
				Arguments.of(remote(99), CallOutcome.APPLICATION_ERROR),
				Arguments.of(unusable(TApplicationException.MISSING_RESULT), CallOutcome.APPLICATION_ERROR),
				Arguments.of(unusable(TApplicationException.WRONG_METHOD_NAME), CallOutcome.APPLICATION_ERROR),
				Arguments.of(unusable(TApplicationException.BAD_SEQUENCE_ID), CallOutcome.APPLICATION_ERROR),
				// of the reply, unlike those of the server above
				Arguments.of(unusable(TApplicationException.INVALID_MESSAGE_TYPE), CallOutcome.APPLICATION_ERROR),
				Arguments.of(unusable(TApplicationException.PROTOCOL_ERROR), CallOutcome.APPLICATION_ERROR),
				Arguments.of(new TProtocolException("undecodable"), CallOutcome.APPLICATION_ERROR),
				Arguments.of(broadcast(remote(TApplicationException.UNKNOWN_METHOD),
						new CallTimeoutException("late", "a:1", null), remote(TApplicationException.INTERNAL_ERROR)),
						CallOutcome.UNREACHABLE),
				Arguments.of(
						broadcast(remote(TApplicationException.UNKNOWN_METHOD),
								remote(TApplicationException.INTERNAL_ERROR), new Declined(1, "no")),
						CallOutcome.APPLICATION_ERROR),
				Arguments.of(broadcast(remote(TApplicationException.UNKNOWN_METHOD)), CallOutcome.CALLER),
				Arguments.of(broadcast(remote(TApplicationException.PROTOCOL_ERROR), remote(99)),
						CallOutcome.APPLICATION_ERROR),
				Arguments.of(new IllegalStateException("bug"), CallOutcome.CALLER),
				Arguments.of(new StackOverflowError(), CallOutcome.CALLER));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void eachFailureHasItsOutcome(Throwable failure, CallOutcome outcome) {
		assertThat(CallOutcome.of(failure)).isEqualTo(outcome);
	}

	private static TException broadcast(Throwable... failures) {
		Map<String, Throwable> byInstance = new LinkedHashMap<>();
		for (Throwable failure : failures) {
			byInstance.put("host:" + byInstance.size(), failure);
		}
		return new BroadcastException("echo", byInstance, 10);
	}

	private static TException breakerOpen() {
		return new CircuitBreakerOpenException(
				CallNotPermittedException.createCallNotPermittedException(CircuitBreaker.ofDefaults("echo")));
	}

	private static TException remote(int type) {
		return new RemoteApplicationException(type, "told by the server");
	}

	private static TException unusable(int type) {
		return new TApplicationException(type);
	}

}
