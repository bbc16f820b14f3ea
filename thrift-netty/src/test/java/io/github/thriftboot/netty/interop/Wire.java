package io.github.thriftboot.netty.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.LibthriftProtocols;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TMemoryBuffer;

/**
 * Writes messages in every dialect, byte by byte and independent of the code under test.
 */
public final class Wire {

	static final int OUT_OF_ORDER = 1;

	private Wire() {
	}

	/**
	 * Return every dialect that is spoken.
	 * @return all combinations of transport and protocol that exist
	 */
	public static List<Dialect> dialects() {
		return Arrays.stream(ThriftTransport.values())
			.flatMap((transport) -> Arrays.stream(ThriftProtocol.values())
				.filter((protocol) -> transport != ThriftTransport.HEADER || protocol.isAllowedInHeader())
				.map((protocol) -> new Dialect(transport, protocol)))
			.toList();
	}

	/**
	 * Return every dialect that our client can be told to speak.
	 * @return all dialects but those of the old style
	 */
	public static List<Dialect> clientDialects() {
		return dialects().stream().filter((dialect) -> dialect.protocol() != ThriftProtocol.OLD_BINARY).toList();
	}

	/**
	 * Encode a call without length and envelope.
	 * @param protocol the protocol
	 * @param name the name of the method
	 * @param id the sequence id
	 * @param args the arguments
	 * @return the message
	 */
	public static byte[] call(ThriftProtocol protocol, String name, int id, TSerializable args) {
		return message(protocol, new TMessage(name, TMessageType.CALL, id), args::write);
	}

	static byte[] message(ThriftProtocol protocol, TMessage head, Content body) {
		return encode(protocol, (out) -> {
			out.writeMessageBegin(head);
			body.write(out);
			out.writeMessageEnd();
		});
	}

	static byte[] encode(ThriftProtocol protocol, Content content) {
		try {
			TMemoryBuffer buffer = new TMemoryBuffer(128);
			content.write(LibthriftProtocols.create(protocol, buffer));
			return Arrays.copyOf(buffer.getArray(), buffer.length());
		}
		catch (TException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/**
	 * Put what the transport wants around a message.
	 * @param dialect the dialect
	 * @param id the sequence id
	 * @param message the message
	 * @return what goes over the wire
	 */
	static byte[] wrap(Dialect dialect, int id, byte[] message) {
		return switch (dialect.transport()) {
			case HEADER -> envelope(id, OUT_OF_ORDER, bytes(dialect.protocol().headerId(), 0), message);
			case FRAMED -> framed(message);
			case UNFRAMED -> message;
		};
	}

	/**
	 * Put an envelope around a message and compress the message.
	 * @param dialect a dialect with THeader
	 * @param id the sequence id
	 * @param message the message
	 * @return what goes over the wire
	 */
	static byte[] compressed(Dialect dialect, int id, byte[] message) {
		return envelope(id, OUT_OF_ORDER, bytes(dialect.protocol().headerId(), 1, 1), deflate(message));
	}

	static byte[] deflate(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
			deflater.write(join(parts));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return out.toByteArray();
	}

	static byte[] framed(byte[] payload) {
		return join(ByteBuffer.allocate(4).putInt(payload.length).array(), payload);
	}

	/**
	 * Make a THeader frame.
	 * @param id the sequence id
	 * @param flags the flags
	 * @param header protocol id, transforms and infos
	 * @param payload what comes behind the header
	 * @return the frame with its length
	 */
	public static byte[] envelope(int id, int flags, byte[] header, byte[] payload) {
		int words = (header.length + 3) / 4;
		byte[] head = ByteBuffer.allocate(10 + 4 * words)
			.putShort((short) 0x0FFF)
			.putShort((short) flags)
			.putInt(id)
			.putShort((short) words)
			.put(header)
			.array();
		return framed(join(head, payload));
	}

	/**
	 * Make bytes from numbers and texts.
	 * @param parts an {@link Integer} for a byte, a {@link String} for a varint length
	 * and characters
	 * @return the bytes
	 */
	public static byte[] bytes(Object... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (Object part : parts) {
			if (part instanceof String text) {
				out.writeBytes(varint(text.length()));
				text.chars().forEach(out::write);
			}
			else {
				out.write((Integer) part);
			}
		}
		return out.toByteArray();
	}

	static byte[] varint(int value) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		int rest = value;
		while ((rest & ~0x7F) != 0) {
			out.write(rest & 0x7F | 0x80);
			rest >>>= 7;
		}
		out.write(rest);
		return out.toByteArray();
	}

	public static byte[] join(byte[]... parts) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			out.writeBytes(part);
		}
		return out.toByteArray();
	}

	/**
	 * Writes a part of a message.
	 */
	interface Content {

		void write(TProtocol protocol) throws TException;

	}

	/**
	 * The arguments of a method with one struct, written by someone else.
	 *
	 * @param content writes the struct
	 */
	record OneField(Content content) implements TSerializable {

		@Override
		public void read(TProtocol protocol) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(TProtocol protocol) throws TException {
			protocol.writeStructBegin(new TStruct("args"));
			protocol.writeFieldBegin(new TField("value", TType.STRUCT, (short) 1));
			this.content.write(protocol);
			protocol.writeFieldEnd();
			protocol.writeFieldStop();
			protocol.writeStructEnd();
		}

	}

}
