package io.github.thriftboot.netty.protocol;

import org.apache.thrift.TApplicationException;
import org.jspecify.annotations.Nullable;

/**
 * A frame that holds no usable message. When it could be read that far, the envelope and
 * the sequence id tell whom to answer, or which call has failed; the stream itself is
 * still in step.
 */
public final class MalformedMessageException extends Exception {

	private static final long serialVersionUID = 1L;

	private final int errorType;

	private final transient @Nullable Envelope envelope;

	private final int sequenceId;

	MalformedMessageException(int errorType, String message, @Nullable Envelope envelope, int sequenceId) {
		super(message, null, false, false);
		this.errorType = errorType;
		this.envelope = envelope;
		this.sequenceId = sequenceId;
	}

	/**
	 * Return the error in the form in which Thrift peers tell it each other.
	 * @return a new exception of the fitting type
	 */
	public TApplicationException toApplicationException() {
		return new TApplicationException(this.errorType, getMessage());
	}

	/**
	 * Return the envelope of the message.
	 * @return the envelope, or {@code null} when not even the sequence id could be read
	 */
	public @Nullable Envelope envelope() {
		return this.envelope;
	}

	/**
	 * Return the sequence id, meaningful only with an {@link #envelope()}.
	 * @return the sequence id
	 */
	public int sequenceId() {
		return this.sequenceId;
	}

}
