package io.github.thriftboot.netty.protocol;

import java.io.Serial;

import org.apache.thrift.TApplicationException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TApplicationException} that a remote server answered with. It is a type of its
 * own so that a server whose handler let it escape from a nested call never passes it on
 * as an answer of its own.
 */
public final class RemoteApplicationException extends TApplicationException {

	/**
	 * The type of a <i>not processed</i> answer, one beyond libthrift's own types: the
	 * call certainly did not run.
	 */
	public static final int NOT_PROCESSED = 11;

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param type the type, as answered
	 * @param message the text, as answered, may be {@code null}
	 */
	public RemoteApplicationException(int type, @Nullable String message) {
		super(type, message);
	}

}
