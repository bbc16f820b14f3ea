package io.github.thriftboot.netty.test;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

import io.github.thriftboot.netty.protocol.LibthriftProtocols;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TIOStreamTransport;

/**
 * One end of a TCP connection that sends and receives whole messages of any dialect but
 * the old style, or any bytes. Nothing waits for ever. Not thread-safe, but one thread
 * may send while another receives.
 */
public final class RawConnection implements AutoCloseable {

	private static final int READ_TIMEOUT_MILLIS = 20_000;

	/**
	 * No length starts with this byte or a larger one, and every message does.
	 */
	private static final int MESSAGE_START = 0x40;

	private final Socket socket;

	private final DataInputStream in;

	/**
	 * Bytes of a frame that are still to come, or -1 for those of a message without a
	 * length.
	 */
	private int missing;

	RawConnection(Socket socket) throws IOException {
		this.socket = socket;
		socket.setSoTimeout(READ_TIMEOUT_MILLIS);
		socket.setTcpNoDelay(true);
		this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
	}

	/**
	 * Connect to this machine.
	 * @param port the port
	 * @return the connection
	 * @throws IOException if nobody listens
	 */
	public static RawConnection open(int port) throws IOException {
		return new RawConnection(new Socket(InetAddress.getLoopbackAddress(), port));
	}

	/**
	 * Send messages in one write.
	 * @param messages the messages
	 * @throws IOException if the connection is closed
	 */
	public void send(RawMessage... messages) throws IOException {
		write(RawMessage.toBytes(List.of(messages)));
	}

	public void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	/**
	 * Receive the next message.
	 * @return the message
	 * @throws IOException if none comes in time, or the connection is closed
	 * @throws TException if what comes is no message, or ends too early
	 */
	public RawMessage receive() throws IOException, TException {
		return isUnframed() ? RawMessage.parseUnframed(readUnframed()) : receivePart(Integer.MAX_VALUE);
	}

	/**
	 * Receive the first bytes of the next message, and see what is missing when the rest
	 * is received.
	 * @param size how many bytes of the frame to wait for; a message without a length has
	 * to be as long
	 * @return the message with a part of its body
	 * @throws IOException if none comes in time, or the connection is closed
	 * @throws TException if what comes is no message
	 */
	public RawMessage receivePart(int size) throws IOException, TException {
		if (isUnframed()) {
			this.in.mark(size);
			byte[] part = new byte[size];
			this.in.readFully(part);
			this.in.reset();
			this.missing = -1;
			return RawMessage.parseUnframed(part);
		}
		int length = this.in.readInt();
		byte[] part = new byte[Math.min(length, size)];
		this.in.readFully(part);
		this.missing = length - part.length;
		return RawMessage.parse(part);
	}

	/**
	 * Receive what {@link #receivePart} has left.
	 * @throws IOException if it does not come in time, or the connection is closed
	 * @throws TException if a message without a length is none
	 */
	public void receiveRest() throws IOException, TException {
		if (this.missing < 0) {
			readUnframed();
		}
		else {
			this.in.readFully(new byte[this.missing]);
		}
		this.missing = 0;
	}

	private boolean isUnframed() throws IOException {
		return peek() >= MESSAGE_START;
	}

	private int peek() throws IOException {
		this.in.mark(1);
		int first = this.in.read();
		if (first < 0) {
			throw new EOFException();
		}
		this.in.reset();
		return first;
	}

	/**
	 * Let libthrift find the end of a message, and keep what it reads.
	 */
	private byte[] readUnframed() throws IOException, TException {
		RecordingStream recorded = new RecordingStream(this.in);
		TProtocol protocol = LibthriftProtocols.create(RawMessage.protocolOf((byte) peek()),
				new TIOStreamTransport(recorded));
		protocol.readMessageBegin();
		TProtocolUtil.skip(protocol, TType.STRUCT);
		protocol.readMessageEnd();
		return recorded.bytes.toByteArray();
	}

	/**
	 * Receive what is left until the peer closes.
	 * @return the number of bytes
	 * @throws IOException if the peer does not close in time
	 */
	public int receiveUntilClosed() throws IOException {
		int count = 0;
		try {
			while (this.in.read() >= 0) {
				count++;
			}
		}
		catch (SocketTimeoutException ex) {
			throw ex;
		}
		catch (IOException ex) {
			// a reset ends a connection too
		}
		return count;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	private static final class RecordingStream extends FilterInputStream {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		RecordingStream(InputStream in) {
			super(in);
		}

		@Override
		public int read() throws IOException {
			int b = super.read();
			if (b >= 0) {
				this.bytes.write(b);
			}
			return b;
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			int count = super.read(target, offset, length);
			if (count > 0) {
				this.bytes.write(target, offset, count);
			}
			return count;
		}

	}

}
