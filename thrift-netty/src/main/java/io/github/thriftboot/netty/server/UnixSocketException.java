package io.github.thriftboot.netty.server;

import java.io.Serial;
import java.net.BindException;

import org.jspecify.annotations.Nullable;

/**
 * A server cannot listen on its Unix socket. The message is the reason, without the path.
 */
public final class UnixSocketException extends BindException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final boolean inUse;

	UnixSocketException(String reason, boolean inUse, @Nullable Throwable cause) {
		super(reason);
		initCause(cause);
		this.inUse = inUse;
	}

	/**
	 * Whether somebody listens there, or may do so.
	 * @return {@code false} if there is another reason
	 */
	public boolean isInUse() {
		return this.inUse;
	}

}
