package io.github.thriftboot.client;

import java.io.Serial;

import org.apache.thrift.transport.TTransportException;

/**
 * So many calls of the method are in flight that this one was not sent: the limit is
 * {@code actives} of the configuration.
 */
public final class CallLimitExceededException extends TTransportException {

	@Serial
	private static final long serialVersionUID = 1L;

	CallLimitExceededException(String message) {
		super(NOT_OPEN, message);
	}

	/**
	 * Leave out the stack trace: refusing must be cheap when a service is slow.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
