package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBuf;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.transport.TEndpointTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * A Thrift transport over one {@link ByteBuf} that holds one message: reads consume it,
 * writes append to it. The buffer's maximum capacity bounds what can be written, its
 * readable bytes bound every length that the message declares.
 * <p>
 * The backing array is not exposed ({@link #getBuffer()} answers {@code null}), because
 * libthrift would make binary fields alias memory that goes back to the pool. Not
 * thread-safe. The buffer is neither retained nor released.
 */
public final class ByteBufTransport extends TEndpointTransport {

	private final ByteBuf buffer;

	/**
	 * Bytes that no string or container has claimed. Each byte of a message can be
	 * claimed once, so nested containers cannot together claim more memory than the
	 * message could fill, however large each of them is.
	 */
	private long unclaimed;

	/**
	 * Create a transport over a buffer.
	 * @param buffer the message to read, or the buffer to write to
	 * @param configuration the limits to apply, made once for a client or a server
	 * @throws TTransportException never; libthrift declares it
	 */
	public ByteBufTransport(ByteBuf buffer, TConfiguration configuration) throws TTransportException {
		super(configuration);
		this.buffer = buffer;
		this.unclaimed = buffer.readableBytes();
	}

	@Override
	public boolean isOpen() {
		return true;
	}

	@Override
	public void open() {
		// always open
	}

	@Override
	public void close() {
		// the buffer belongs to the caller
	}

	@Override
	public int read(byte[] target, int offset, int length) throws TTransportException {
		int count = Math.min(length, this.buffer.readableBytes());
		if (count == 0 && length > 0) {
			throw new TTransportException(TTransportException.END_OF_FILE, "message ends too early");
		}
		this.buffer.readBytes(target, offset, count);
		return count;
	}

	@Override
	public void write(byte[] source, int offset, int length) throws TTransportException {
		checkWritable(length);
		this.buffer.writeBytes(source, offset, length);
	}

	@Override
	public int write(ByteBuffer source) throws TTransportException {
		int length = source.remaining();
		checkWritable(length);
		this.buffer.writeBytes(source);
		return length;
	}

	@Override
	public void checkReadBytesAvailable(long count) throws TTransportException {
		if (count < 0 || count > Math.min(this.unclaimed, this.buffer.readableBytes())) {
			throw new TTransportException(TTransportException.MESSAGE_SIZE_LIMIT,
					"declared length: " + count + " (expected: 0 to " + this.unclaimed + ")");
		}
		this.unclaimed -= count;
	}

	private void checkWritable(int length) throws TTransportException {
		if (length > this.buffer.maxWritableBytes()) {
			throw new TTransportException(TTransportException.MESSAGE_SIZE_LIMIT,
					"message is larger than " + this.buffer.maxCapacity() + " bytes");
		}
	}

}
