package io.github.thriftboot.netty.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;

import io.github.thriftboot.netty.protocol.Envelope;
import io.github.thriftboot.netty.protocol.LibthriftProtocols;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.transport.TMemoryBuffer;
import org.apache.thrift.transport.TMemoryInputTransport;

/**
 * A Thrift message as any peer could send it, sane or not. Made and read with libthrift
 * alone, so that nothing here shares a mistake with the code that is tested.
 *
 * @param envelope what surrounds it; header key/values are neither written nor read
 * @param envelopeId the sequence id in the THeader envelope; without one the same as in
 * the message
 * @param name the method name
 * @param type the message type
 * @param id the sequence id in the message
 * @param body the encoded struct, in JSON without what joins it to the message
 */
public record RawMessage(Envelope envelope, int envelopeId, String name, byte type, int id, byte[] body) {

	/**
	 * THeader with the flag that allows replies in any order, as our client sends it.
	 */
	public static final Envelope OUT_OF_ORDER = new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY,
			Envelope.OUT_OF_ORDER);

	/**
	 * THeader as Apache clients in other languages send it.
	 */
	public static final Envelope IN_ORDER = new Envelope(ThriftTransport.HEADER, ThriftProtocol.BINARY, 0);

	/**
	 * What {@code TFramedTransport} with {@code TBinaryProtocol} sends.
	 */
	public static final Envelope FRAMED = new Envelope(ThriftTransport.FRAMED, ThriftProtocol.BINARY, 0);

	private static final short HEADER_MAGIC = 0x0FFF;

	/**
	 * Whether this is no call of an application, but the client's question whether its
	 * peer lives.
	 * @return {@code true} for a call of {@code $ping}
	 */
	public boolean isPing() {
		return this.name.equals("$ping") || this.name.endsWith(":$ping");
	}

	/**
	 * Make a message with the same sequence id inside and outside.
	 * @param envelope what surrounds it
	 * @param type the message type
	 * @param name the method name
	 * @param id the sequence id
	 * @param struct the struct to encode
	 * @return the message
	 */
	public static RawMessage of(Envelope envelope, byte type, String name, int id, TSerializable struct) {
		return new RawMessage(envelope, id, name, type, id, encode(envelope.protocol(), struct::write));
	}

	/**
	 * Make a request.
	 * @param envelope what surrounds it
	 * @param name the method name
	 * @param id the sequence id
	 * @param args the arguments
	 * @return the message
	 */
	public static RawMessage call(Envelope envelope, String name, int id, TSerializable args) {
		return of(envelope, TMessageType.CALL, name, id, args);
	}

	/**
	 * Make the reply to this request.
	 * @param result the result struct
	 * @return a message with the bare method name
	 */
	public RawMessage reply(TSerializable result) {
		String bareName = this.name.substring(this.name.indexOf(':') + 1);
		return of(this.envelope, TMessageType.REPLY, bareName, this.id, result);
	}

	public RawMessage withEnvelope(Envelope newEnvelope) {
		return new RawMessage(newEnvelope, this.envelopeId, this.name, this.type, this.id, this.body);
	}

	public RawMessage withType(int newType) {
		return new RawMessage(this.envelope, this.envelopeId, this.name, (byte) newType, this.id, this.body);
	}

	public RawMessage withName(String newName) {
		return new RawMessage(this.envelope, this.envelopeId, newName, this.type, this.id, this.body);
	}

	public RawMessage withBody(byte[] newBody) {
		return new RawMessage(this.envelope, this.envelopeId, this.name, this.type, this.id, newBody);
	}

	/**
	 * Change the sequence id, inside and outside.
	 * @param newId the id
	 * @return a new message
	 */
	public RawMessage withId(int newId) {
		return new RawMessage(this.envelope, newId, this.name, this.type, newId, this.body);
	}

	/**
	 * Change the sequence id of the message, but not that of the envelope.
	 * @param newId the id
	 * @return a new message
	 */
	public RawMessage withInnerId(int newId) {
		return new RawMessage(this.envelope, this.envelopeId, this.name, this.type, newId, this.body);
	}

	/**
	 * Encode what goes over the wire: the length, if the transport has one, and the
	 * frame.
	 * @return the bytes
	 */
	public byte[] toBytes() {
		byte[] frame = frame();
		return (this.envelope.transport() == ThriftTransport.UNFRAMED) ? frame : withLength(frame);
	}

	/**
	 * Encode what goes over the wire in THeader with the zlib transform.
	 * @return the bytes
	 */
	public byte[] toCompressedBytes() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
			deflater.write(message());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return withLength(envelope(new byte[] { 1, 1, 0 }, out.toByteArray()));
	}

	private byte[] frame() {
		byte[] message = message();
		return (this.envelope.transport() != ThriftTransport.HEADER) ? message : envelope(new byte[3], message);
	}

	private byte[] envelope(byte[] transforms, byte[] payload) {
		return ByteBuffer.allocate(14 + payload.length)
			.putShort(HEADER_MAGIC)
			.putShort((short) this.envelope.flags())
			.putInt(this.envelopeId)
			.putShort((short) 1)
			.put((byte) this.envelope.protocol().headerId())
			.put(transforms)
			.put(payload)
			.array();
	}

	/**
	 * Encode the message alone.
	 * @return the bytes without length and envelope
	 */
	public byte[] message() {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		boolean json = this.envelope.protocol() == ThriftProtocol.JSON;
		out.writeBytes(encode(this.envelope.protocol(),
				(protocol) -> protocol.writeMessageBegin(new TMessage(this.name, this.type, this.id))));
		if (json) {
			out.write(',');
		}
		out.writeBytes(this.body);
		if (json) {
			out.write(']');
		}
		return out.toByteArray();
	}

	/**
	 * Return what a limit of frames is compared with.
	 * @return the size in bytes without the length in front
	 */
	public int size() {
		return frame().length;
	}

	/**
	 * Put the length in front of a frame.
	 * @param frame the frame
	 * @return the bytes
	 */
	public static byte[] withLength(byte[] frame) {
		return ByteBuffer.allocate(Integer.BYTES + frame.length).putInt(frame.length).put(frame).array();
	}

	/**
	 * Encode many frames.
	 * @param messages the messages
	 * @return the bytes
	 */
	public static byte[] toBytes(List<RawMessage> messages) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		messages.forEach((message) -> out.writeBytes(message.toBytes()));
		return out.toByteArray();
	}

	/**
	 * Decode a frame, whatever its dialect.
	 * @param frame the bytes without the length
	 * @return the message
	 * @throws TException if it is none
	 */
	public static RawMessage parse(byte[] frame) throws TException {
		return parse(ThriftTransport.FRAMED, frame);
	}

	/**
	 * Decode a message that came without a length.
	 * @param message the bytes, which need not be all
	 * @return the message
	 * @throws TException if it is none
	 */
	public static RawMessage parseUnframed(byte[] message) throws TException {
		return parse(ThriftTransport.UNFRAMED, message);
	}

	private static RawMessage parse(ThriftTransport withoutEnvelope, byte[] frame) throws TException {
		ByteBuffer in = ByteBuffer.wrap(frame);
		int envelopeId = 0;
		int flags = 0;
		ThriftTransport transport = withoutEnvelope;
		ThriftProtocol protocol = protocolOf(frame[0]);
		if (in.getShort(0) == HEADER_MAGIC) {
			transport = ThriftTransport.HEADER;
			flags = in.getShort(2) & 0xFFFF;
			envelopeId = in.getInt(4);
			protocol = (in.get(10) == 0) ? ThriftProtocol.BINARY : ThriftProtocol.COMPACT;
			in.position(10 + 4 * in.getShort(8));
		}
		TMemoryInputTransport source = new TMemoryInputTransport(frame, in.position(), in.remaining());
		TMessage message = LibthriftProtocols.create(protocol, source).readMessageBegin();
		// libthrift has taken the comma when it looked for the end of the sequence id
		boolean closed = protocol == ThriftProtocol.JSON && frame[frame.length - 1] == ']';
		byte[] body = Arrays.copyOfRange(frame, source.getBufferPosition(), frame.length - (closed ? 1 : 0));
		int outerId = (transport == ThriftTransport.HEADER) ? envelopeId : message.seqid;
		return new RawMessage(new Envelope(transport, protocol, flags), outerId, message.name, message.type,
				message.seqid, body);
	}

	/**
	 * Tell the protocol of a message.
	 * @param first its first byte
	 * @return the protocol
	 */
	static ThriftProtocol protocolOf(byte first) {
		return switch (first) {
			case (byte) 0x82 -> ThriftProtocol.COMPACT;
			case '[' -> ThriftProtocol.JSON;
			default -> ThriftProtocol.BINARY;
		};
	}

	/**
	 * Decode many frames.
	 * @param stream the bytes of whole frames, their lengths included
	 * @return the messages
	 * @throws TException if one is none
	 */
	public static List<RawMessage> parseAll(byte[] stream) throws TException {
		List<RawMessage> messages = new ArrayList<>();
		ByteBuffer in = ByteBuffer.wrap(stream);
		while (in.hasRemaining()) {
			byte[] frame = new byte[in.getInt()];
			in.get(frame);
			messages.add(parse(frame));
		}
		return messages;
	}

	/**
	 * Decode the body.
	 * @param <T> the type of the struct
	 * @param struct the struct to fill
	 * @return the struct
	 * @throws TException if the body is no such struct
	 */
	public <T extends TSerializable> T read(T struct) throws TException {
		struct.read(LibthriftProtocols.create(this.envelope.protocol(), new TMemoryInputTransport(this.body)));
		return struct;
	}

	/**
	 * Decode the body of an exception message.
	 * @return the error
	 * @throws TException if it is none
	 */
	public TApplicationException readError() throws TException {
		if (this.type != TMessageType.EXCEPTION) {
			throw new TException("not an exception: " + this);
		}
		return read(new TApplicationException());
	}

	private static byte[] encode(ThriftProtocol protocol, Encoder encoder) {
		try {
			TMemoryBuffer buffer = new TMemoryBuffer(128);
			encoder.encode(LibthriftProtocols.create(protocol, buffer));
			return Arrays.copyOf(buffer.getArray(), buffer.length());
		}
		catch (TException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	@Override
	public String toString() {
		String text = new String(this.body, 0, Math.min(100, this.body.length), StandardCharsets.ISO_8859_1);
		return this.name + " type " + this.type + " id " + this.id + " in " + this.envelope + " " + text;
	}

	private interface Encoder {

		void encode(TProtocol protocol) throws TException;

	}

}
