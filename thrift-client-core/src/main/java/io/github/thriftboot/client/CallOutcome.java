package io.github.thriftboot.client;

import io.github.thriftboot.netty.client.BroadcastException;
import io.github.thriftboot.netty.client.CallCancelledException;
import io.github.thriftboot.netty.client.NoInstanceException;
import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.ThriftCallException;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;

/**
 * What the failure of a call means to the circuit breaker and to the fallback.
 */
enum CallOutcome {

	/**
	 * The service answered with an exception that the IDL declares: for the breaker a
	 * success, and for the caller an answer.
	 */
	DECLARED_EXCEPTION,

	/**
	 * The service cannot be reached or does not answer in time.
	 */
	UNREACHABLE,

	/**
	 * The service answered with an error of its own, or with something that cannot be
	 * used. The fallback is for services that are down, so it must be asked for here.
	 */
	APPLICATION_ERROR,

	/**
	 * There was no service to call, or no call was to be made: nothing was tried, so
	 * nothing was learned about it.
	 */
	NOT_TRIED,

	/**
	 * The caller gave up, or made the mistake: it says nothing about the service, and no
	 * fallback may hide it.
	 */
	CALLER;

	/**
	 * Classify a failure.
	 * @param failure what the channel or the breaker failed with
	 * @return the outcome
	 */
	static CallOutcome of(Throwable failure) {
		if (failure instanceof TBase) {
			return DECLARED_EXCEPTION;
		}
		if (failure instanceof NoInstanceException || failure instanceof CircuitBreakerOpenException
				|| failure instanceof CallLimitExceededException || failure instanceof ForcedFallbackException) {
			return NOT_TRIED;
		}
		if (failure instanceof CallCancelledException || failure instanceof RequestEncodingException) {
			return CALLER;
		}
		if (failure instanceof BroadcastException broadcast) {
			return worst(broadcast);
		}
		if (failure instanceof ThriftCallException) {
			return UNREACHABLE;
		}
		if (failure instanceof RemoteApplicationException error) {
			return switch (error.getType()) {
				case TApplicationException.UNKNOWN_METHOD, TApplicationException.INVALID_MESSAGE_TYPE,
						TApplicationException.PROTOCOL_ERROR ->
					CALLER;
				default -> APPLICATION_ERROR;
			};
		}
		return (failure instanceof TException) ? APPLICATION_ERROR : CALLER;
	}

	/**
	 * An instance that does not answer counts more than one that answers with an error,
	 * and that more than a mistake of the caller.
	 */
	private static CallOutcome worst(BroadcastException broadcast) {
		return broadcast.failures().values().stream().map(CallOutcome::of).reduce((one, other) -> {
			if (one == UNREACHABLE || other == UNREACHABLE) {
				return UNREACHABLE;
			}
			return (one == APPLICATION_ERROR) ? one : other;
		}).orElse(UNREACHABLE);
	}

}
