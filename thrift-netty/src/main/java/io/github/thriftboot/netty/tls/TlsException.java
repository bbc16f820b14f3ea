package io.github.thriftboot.netty.tls;

import java.io.Serial;
import java.nio.channels.ClosedChannelException;

import javax.net.ssl.SSLException;

import io.github.thriftboot.netty.protocol.WireText;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslClosedEngineException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * There is no connection because the two sides do not agree about TLS: one does not speak
 * it, or does not accept the other's certificate. No call was read.
 */
public final class TlsException extends SSLException {

	@Serial
	private static final long serialVersionUID = 1L;

	private TlsException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

	/**
	 * Make the exception of a handshake that failed.
	 * @param failure why
	 * @return a new exception with a text for people who configure TLS
	 */
	public static TlsException ofHandshake(Throwable failure) {
		return new TlsException("TLS handshake failed: " + describe(failure), failure);
	}

	/**
	 * Make the exception of a peer that was spoken to without TLS and wants it.
	 * @return a new exception
	 */
	static TlsException ofAlert() {
		return new TlsException("the peer expects TLS, which is off here: it answered with a TLS alert", null);
	}

	private static String describe(Throwable failure) {
		if (failure instanceof NotSslRecordException) {
			return "the peer does not speak TLS";
		}
		if (failure instanceof SslHandshakeTimeoutException) {
			return "the peer has not completed it in time (" + failure.getMessage() + ")";
		}
		if (isClosedByPeer(failure)) {
			return "the peer closed the connection, maybe because it does not speak TLS";
		}
		Throwable parent = failure;
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			parent = root;
			root = root.getCause();
		}
		String text = String.valueOf(parent.getMessage());
		String rootText = String.valueOf(root.getMessage());
		// the root of an invalid certificate is no more than its date
		return WireText.printable(text.contains(rootText) ? rootText : text + ": " + rootText);
	}

	/**
	 * Whether a handshake has failed only because the connection was closed.
	 * @param failure why it has failed
	 * @return {@code true} if the peer did not say why
	 */
	static boolean isClosedByPeer(Throwable failure) {
		return failure instanceof ClosedChannelException || failure instanceof SslClosedEngineException
				|| failure.getCause() instanceof ClosedChannelException;
	}

}
