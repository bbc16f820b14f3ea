package io.github.thriftboot.netty.client;

import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.jspecify.annotations.Nullable;

/**
 * Says which calls belong together, for load balancers that send such calls to the same
 * instance. It is asked only by those. Implementations are thread-safe.
 */
@FunctionalInterface
public interface HashKey {

	/**
	 * Return the key of a call. Its hash code should depend on its value alone, as that
	 * of strings, numbers and Thrift structs does, so that all clients agree; for
	 * characters, enum constants and byte arrays the runtime sees to that itself.
	 * @param method the method
	 * @param args its arguments
	 * @param headers the headers of the request
	 * @return the key, or {@code null} if the call may go anywhere
	 */
	@Nullable Object of(ThriftMethod method, TBase<?, ?> args, Map<String, String> headers);

	/**
	 * Make a key of an argument.
	 * @param position the position of the argument in the IDL, from 0; methods that have
	 * fewer, and calls that leave it unset, have no key
	 * @return the key
	 */
	static HashKey argument(int position) {
		if (position < 0) {
			throw new IllegalArgumentException("position: " + position + " (expected: >= 0)");
		}
		return (method, args, headers) -> method.argument(args, position);
	}

	/**
	 * Make a key of a header.
	 * @param name the name of the header; calls without it have no key
	 * @return the key
	 */
	static HashKey header(String name) {
		return (method, args, headers) -> headers.get(name);
	}

}
