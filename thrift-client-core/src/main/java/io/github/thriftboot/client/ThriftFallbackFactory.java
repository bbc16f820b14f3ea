package io.github.thriftboot.client;

import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * Makes the fallback for a failed call when it depends on why the call failed. A bean
 * with {@link ThriftFallback}, or named in {@link ThriftClient#fallbackFactory()}.
 * Implementations are thread-safe.
 *
 * @param <T> the generated {@code Iface} or {@code AsyncIface}
 */
@FunctionalInterface
public interface ThriftFallbackFactory<T> {

	/**
	 * Return what answers in place of the service. Called once for each call that has
	 * failed, on the thread that gets the answer.
	 * @param cause why the call failed
	 * @return the fallback, or {@code null} for none: then the cause is thrown
	 */
	@Nullable T create(TException cause);

}
