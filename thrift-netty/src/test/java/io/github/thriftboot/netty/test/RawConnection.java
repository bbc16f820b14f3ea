package io.github.thriftboot.netty.test;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.List;

import org.apache.thrift.TException;

/**
 * One end of a TCP connection that sends and receives whole frames, or any bytes. Nothing
 * waits for ever. Not thread-safe, but one thread may send while another receives.
 */
public final class RawConnection implements AutoCloseable {

	private static final int READ_TIMEOUT_MILLIS = 20_000;

	private final Socket socket;

	private final DataInputStream in;

	private int missing;

	RawConnection(Socket socket) throws IOException {
		this.socket = socket;
		socket.setSoTimeout(READ_TIMEOUT_MILLIS);
		socket.setTcpNoDelay(true);
		this.in = new DataInputStream(socket.getInputStream());
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
	 * @throws TException if what comes is no message
	 */
	public RawMessage receive() throws IOException, TException {
		return receivePart(Integer.MAX_VALUE);
	}

	/**
	 * Receive the first bytes of the next message, and see what is missing when the rest
	 * is received.
	 * @param size how many bytes of the frame to wait for
	 * @return the message with a part of its body
	 * @throws IOException if none comes in time, or the connection is closed
	 * @throws TException if what comes is no message
	 */
	public RawMessage receivePart(int size) throws IOException, TException {
		int length = this.in.readInt();
		byte[] part = new byte[Math.min(length, size)];
		this.in.readFully(part);
		this.missing = length - part.length;
		return RawMessage.parse(part);
	}

	/**
	 * Receive what {@link #receivePart} has left.
	 * @throws IOException if it does not come in time, or the connection is closed
	 */
	public void receiveRest() throws IOException {
		this.in.readFully(new byte[this.missing]);
		this.missing = 0;
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

}
