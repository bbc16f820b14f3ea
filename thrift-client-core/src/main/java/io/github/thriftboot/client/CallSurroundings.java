package io.github.thriftboot.client;

import java.util.concurrent.Callable;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.context.ThriftContext;
import org.jspecify.annotations.Nullable;

/**
 * What a thread gives to the calls that it makes, taken along to another thread.
 *
 * @param headers the headers that go with a call, {@code null} for none
 * @param context the call that is handled there, whose deadline a call inherits,
 * {@code null} if none is
 */
record CallSurroundings(@Nullable CallHeaders headers, @Nullable ThriftContext context) {

	/**
	 * Return the surroundings of this thread.
	 * @return the surroundings
	 */
	static CallSurroundings current() {
		return new CallSurroundings(CallHeaders.current(), ThriftContext.current());
	}

	/**
	 * Do something on this thread as if it was the other one.
	 * @param <T> the type of the result
	 * @param action makes calls
	 * @return the result
	 * @throws Exception what the action throws
	 */
	<T> T call(Callable<T> action) throws Exception {
		CallHeaders headersHere = CallHeaders.bind(this.headers);
		ThriftContext contextHere = ThriftContext.bind(this.context);
		try {
			return action.call();
		}
		finally {
			ThriftContext.bind(contextHere);
			CallHeaders.bind(headersHere);
		}
	}

}
