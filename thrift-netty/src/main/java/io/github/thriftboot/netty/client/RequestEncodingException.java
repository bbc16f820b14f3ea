package io.github.thriftboot.netty.client;

import java.io.Serial;

import org.apache.thrift.protocol.TProtocolException;

/**
 * The request could not be encoded, for example because a required field is missing, or
 * it is larger than the maximum frame size. Nothing was sent, and trying again does not
 * help.
 */
public final class RequestEncodingException extends TProtocolException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param method the method
	 * @param cause what went wrong
	 */
	public RequestEncodingException(String method, Throwable cause) {
		super(UNKNOWN, "request of " + method + " cannot be sent: " + cause.getMessage(), cause);
	}

}
