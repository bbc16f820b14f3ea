package io.github.thriftboot.client;

import java.io.Serial;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.transport.TTransportException;

/**
 * The call was not made, because the configuration forces the fallback to answer. A
 * fallback gets it as the cause; a caller sees it if the fallback factory has none.
 */
public final class ForcedFallbackException extends TTransportException {

	@Serial
	private static final long serialVersionUID = 1L;

	ForcedFallbackException(ThriftMethod method) {
		super(NOT_OPEN, method + " is answered by its fallback alone ('fallback: force')");
	}

	/**
	 * Leave out the stack trace: this is no failure.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
