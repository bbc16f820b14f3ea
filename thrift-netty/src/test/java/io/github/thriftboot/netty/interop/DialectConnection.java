package io.github.thriftboot.netty.interop;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.LibthriftProtocols;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolUtil;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TIOStreamTransport;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * One end of a connection in one dialect, on which a test writes any bytes.
 */
final class DialectConnection implements AutoCloseable {

	private static final int READ_TIMEOUT_MILLIS = 20_000;

	private final Socket socket;

	private final Dialect dialect;

	private final DataInputStream in;

	/**
	 * Set by {@link #receive}: the payload of the last frame with its envelope.
	 */
	private byte[] frame = new byte[0];

	DialectConnection(Socket socket, Dialect dialect) throws IOException {
		this.socket = socket;
		this.dialect = dialect;
		this.in = new DataInputStream(socket.getInputStream());
		socket.setSoTimeout(READ_TIMEOUT_MILLIS);
		socket.setTcpNoDelay(true);
	}

	static DialectConnection open(int port, Dialect dialect) throws IOException {
		return new DialectConnection(new Socket(InetAddress.getLoopbackAddress(), port), dialect);
	}

	void write(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	/**
	 * Send a call in the dialect.
	 * @param name the name of the method
	 * @param id the sequence id
	 * @param args the arguments
	 */
	void call(String name, int id, TSerializable args) throws IOException {
		write(Wire.wrap(this.dialect, id, Wire.call(this.dialect.protocol(), name, id, args)));
	}

	/**
	 * Receive a message.
	 * @param body gets the body, unless it is an exception; {@code null} to skip it
	 * @return the message, or {@code null} if the connection was closed instead
	 */
	Message receive(TSerializable body) throws IOException, TException {
		try {
			TProtocol protocol = LibthriftProtocols.create(this.dialect.protocol(), nextMessage());
			TMessage head = protocol.readMessageBegin();
			TApplicationException error = null;
			if (head.type == TMessageType.EXCEPTION) {
				error = new TApplicationException();
				error.read(protocol);
			}
			else if (body != null) {
				body.read(protocol);
			}
			else {
				TProtocolUtil.skip(protocol, TType.STRUCT);
			}
			protocol.readMessageEnd();
			return new Message(head, error);
		}
		catch (EOFException | SocketException ex) {
			return null;
		}
		catch (TTransportException ex) {
			if (ex.getType() == TTransportException.END_OF_FILE || ex.getCause() instanceof SocketException) {
				return null;
			}
			throw ex;
		}
	}

	private TTransport nextMessage() throws IOException, TTransportException {
		if (this.dialect.transport() == ThriftTransport.UNFRAMED) {
			return new TIOStreamTransport(this.in);
		}
		this.frame = new byte[this.in.readInt()];
		this.in.readFully(this.frame);
		int offset = (this.dialect.transport() == ThriftTransport.HEADER)
				? 10 + 4 * ByteBuffer.wrap(this.frame).getShort(8) : 0;
		return new TMemoryInputTransport(this.frame, offset, this.frame.length - offset);
	}

	/**
	 * Return the last frame, as far as there are frames.
	 * @return the frame without its length
	 */
	byte[] frame() throws IOException {
		if (this.frame.length == 0) {
			this.frame = new byte[this.in.readInt()];
			this.in.readFully(this.frame);
		}
		return this.frame;
	}

	/**
	 * Say that nothing more comes.
	 */
	void endOutput() throws IOException {
		this.socket.shutdownOutput();
	}

	/**
	 * Receive what is left until the peer closes.
	 * @return the number of bytes
	 */
	long receiveUntilClosed() throws IOException {
		try {
			return this.in.transferTo(OutputStream.nullOutputStream());
		}
		catch (SocketException ex) {
			// a reset ends a connection too
			return 0;
		}
	}

	/**
	 * Write, say that nothing more comes, and read until the peer closes, which it may do
	 * before all is written.
	 * @param bytes the last bytes
	 */
	void finish(byte[] bytes) throws IOException {
		try {
			write(bytes);
			endOutput();
		}
		catch (SocketException ex) {
			// a reset ends a connection too
		}
		receiveUntilClosed();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	record Message(TMessage head, TApplicationException error) {
	}

}
