package io.github.thriftboot.netty.protocol;

import java.util.function.IntConsumer;
import java.util.zip.DataFormatException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TTransportException;
import org.jspecify.annotations.Nullable;

/**
 * Turns frames into messages, messages into frames, and structs into the bodies of
 * messages. One codec serves a whole client or server: it is immutable and thread-safe,
 * but for the {@link TConfiguration} that libthrift makes mutable and nobody here
 * changes.
 */
public final class MessageCodec {

	private static final int INITIAL_BODY_CAPACITY = 256;

	/**
	 * The name and the numbers around it.
	 */
	private static final int MAX_JSON_HEADER_BYTES = MessageHeader.MAX_NAME_BYTES + 256;

	private final MessageLimits limits;

	private final TConfiguration configuration;

	private final ProtocolPool binaryProtocols = new ProtocolPool();

	private final ProtocolPool compactProtocols = new ProtocolPool();

	/**
	 * Create a codec.
	 * @param limits the limits of what is read and written
	 */
	public MessageCodec(MessageLimits limits) {
		this.limits = limits;
		this.configuration = new TConfiguration(Math.max(limits.maxFrameSize(), limits.maxDecompressedSize()),
				limits.maxFrameSize(), limits.maxRecursionDepth());
	}

	/**
	 * Return the limits of what is read and written.
	 * @return the limits
	 */
	public MessageLimits limits() {
		return this.limits;
	}

	/**
	 * Read the message in a frame. The message takes over the caller's reference to the
	 * frame; when an exception is thrown or {@code null} returned, it stays with the
	 * caller.
	 * <p>
	 * This takes no longer for a large frame than for a small one, so it may be done on
	 * an event loop. A compressed message of more than 1 KiB is left compressed:
	 * {@link #inflate} it, elsewhere, before its body is decoded.
	 * @param transport the transport of the connection
	 * @param protocol the protocol of the connection; THeader names its own
	 * @param frame the frame without its length
	 * @return the message, or {@code null} if the envelope holds none, as C++ servers
	 * send before they close
	 * @throws MalformedMessageException if the frame cannot be read
	 */
	public @Nullable ThriftMessage decode(ThriftTransport transport, ThriftProtocol protocol, ByteBuf frame)
			throws MalformedMessageException {
		if (transport != ThriftTransport.HEADER) {
			Envelope envelope = new Envelope(transport, protocol, 0);
			TMessage header = readMessageBegin(protocol, frame, null, 0);
			return new ThriftMessage(envelope, header.name, header.type, header.seqid, frame);
		}
		HeaderFrame.Decoded decoded = HeaderFrame.decode(frame, this.limits);
		if (!frame.isReadable()) {
			return null;
		}
		return decoded.envelope().zlib() ? decodeCompressed(decoded, frame)
				: decodeInEnvelope(decoded.envelope(), decoded.sequenceId(), frame);
	}

	private ThriftMessage decodeCompressed(HeaderFrame.Decoded decoded, ByteBuf frame)
			throws MalformedMessageException {
		Envelope envelope = decoded.envelope();
		ZlibTransform.Head head;
		try {
			head = ZlibTransform.inflateHead(frame);
		}
		catch (DataFormatException ex) {
			throw notInflated(ex, envelope, decoded.sequenceId());
		}
		boolean complete = head.complete() && head.bytes().readableBytes() <= this.limits.maxDecompressedSize();
		ThriftMessage message = decodeInEnvelope(envelope.uncompressed(), decoded.sequenceId(), head.bytes());
		if (complete) {
			frame.release();
			return message;
		}
		return new ThriftMessage(envelope, message.name(), message.type(), message.sequenceId(), frame);
	}

	/**
	 * Inflate a message that {@link #decode} has left compressed.
	 * @param message the message; it is released if another one is returned
	 * @param memory is told how many bytes of memory are taken, before they are; what it
	 * throws ends the work
	 * @return the message with the struct alone for its body: a new one, or the same if
	 * it is not compressed
	 * @throws MalformedMessageException if the message cannot be inflated; then it stays
	 * with the caller
	 */
	public ThriftMessage inflate(ThriftMessage message, IntConsumer memory) throws MalformedMessageException {
		Envelope envelope = message.envelope();
		if (!envelope.zlib()) {
			return message;
		}
		ByteBuf payload;
		try {
			payload = ZlibTransform.inflate(message.body(), this.limits, memory);
		}
		catch (DataFormatException ex) {
			throw notInflated(ex, envelope, message.sequenceId());
		}
		ThriftMessage inflated = null;
		try {
			inflated = decodeInEnvelope(envelope.uncompressed(), message.sequenceId(), payload);
			message.release();
			return inflated;
		}
		finally {
			if (inflated == null) {
				payload.release();
			}
		}
	}

	private static MalformedMessageException notInflated(DataFormatException cause, Envelope envelope, int sequenceId) {
		return new MalformedMessageException(TApplicationException.INVALID_TRANSFORM, "zlib: " + cause.getMessage(),
				envelope, sequenceId);
	}

	private ThriftMessage decodeInEnvelope(Envelope envelope, int sequenceId, ByteBuf payload)
			throws MalformedMessageException {
		TMessage header = readMessageBegin(envelope.protocol(), payload, envelope, sequenceId);
		if (header.seqid != sequenceId) {
			throw new MalformedMessageException(TApplicationException.BAD_SEQUENCE_ID,
					"sequence id " + header.seqid + " inside an envelope with " + sequenceId, envelope, sequenceId);
		}
		return new ThriftMessage(envelope, header.name, header.type, header.seqid, payload);
	}

	private TMessage readMessageBegin(ThriftProtocol protocol, ByteBuf frame, @Nullable Envelope envelope,
			int sequenceId) throws MalformedMessageException {
		try {
			return (protocol == ThriftProtocol.JSON) ? readJsonMessageBegin(frame)
					: MessageHeader.read(protocol, frame);
		}
		catch (TException | RuntimeException ex) {
			throw new MalformedMessageException(TApplicationException.PROTOCOL_ERROR,
					"no " + protocol.key() + " message: " + ex.getMessage(), envelope, sequenceId);
		}
	}

	/**
	 * Read a JSON header, which tells no lengths, out of no more bytes than one may have.
	 */
	private TMessage readJsonMessageBegin(ByteBuf frame) throws TException {
		ByteBuf start = frame.slice(frame.readerIndex(), Math.min(frame.readableBytes(), MAX_JSON_HEADER_BYTES));
		TMessage header = json(start).readMessageBegin();
		frame.skipBytes(start.readerIndex());
		return header;
	}

	/**
	 * Append what comes before the body of a message: length, envelope and message
	 * header. The caller appends the body, or writes it behind.
	 * @param message the message
	 * @param bodyLength the size of the body in bytes
	 * @param out the buffer to append to; holds a part of the head when an exception is
	 * thrown
	 * @throws MessageTooLargeException if the frame would be larger than the maximum
	 * @throws TException if the message header cannot be written
	 */
	public void encodeHead(ThriftMessage message, int bodyLength, ByteBuf out) throws TException {
		int start = out.writerIndex();
		Envelope envelope = message.envelope();
		int lengthBytes = (envelope.transport() == ThriftTransport.UNFRAMED) ? 0 : Integer.BYTES;
		out.writeZero(lengthBytes);
		if (envelope.transport() == ThriftTransport.HEADER) {
			HeaderFrame.encode(out, envelope, message.sequenceId(), this.limits);
		}
		if (!envelope.zlib()) {
			writeMessageBegin(message, out);
		}
		int length = checkLength(message, (long) out.writerIndex() - start - lengthBytes + bodyLength);
		if (lengthBytes > 0) {
			out.setInt(start, length);
		}
	}

	/**
	 * Compress a message. It takes its time, so it is not for event loops. A message that
	 * is so dense that its reader would take it for a bomb stays as it is.
	 * @param message the message, in THeader; it is released if another one is returned
	 * @param allocator where the buffer comes from
	 * @return the compressed message, or the same
	 * @throws MessageTooLargeException if the message would be larger than the maximum
	 * when it is inflated; then it stays with the caller
	 * @throws TException if the message header cannot be written; then the message stays
	 * with the caller
	 */
	public ThriftMessage deflate(ThriftMessage message, ByteBufAllocator allocator) throws TException {
		ByteBuf begin = allocator.buffer();
		ByteBuf payload = allocator.buffer();
		boolean deflated = false;
		try {
			writeMessageBegin(message, begin);
			// its reader inflates no more, however little is left of it on the wire
			int size = checkLength(message, (long) begin.readableBytes() + message.body().readableBytes());
			ZlibTransform.deflate(payload, begin, message.body());
			deflated = !ZlibTransform.isTooDense(size, payload.readableBytes());
			return deflated ? new ThriftMessage(message.envelope().compressed(), message.name(), message.type(),
					message.sequenceId(), payload) : message;
		}
		finally {
			begin.release();
			(deflated ? message.body() : payload).release();
		}
	}

	private void writeMessageBegin(ThriftMessage message, ByteBuf out) throws TException {
		if (message.envelope().protocol() == ThriftProtocol.JSON) {
			json(out).writeMessageBegin(new TMessage(message.name(), message.type(), message.sequenceId()));
		}
		else {
			MessageHeader.write(message, out);
		}
	}

	private int checkLength(ThriftMessage message, long length) throws MessageTooLargeException {
		if (length > this.limits.maxFrameSize()) {
			throw new MessageTooLargeException(message.name(), length, this.limits.maxFrameSize());
		}
		return (int) length;
	}

	/**
	 * Encode a struct.
	 * @param struct the struct
	 * @param protocol how to encode it
	 * @param name the method name, for the text of an exception
	 * @param allocator where the buffer comes from
	 * @return a new buffer that belongs to the caller
	 * @throws MessageTooLargeException if the struct alone is larger than the maximum
	 * @throws TException if the struct cannot be encoded; then nothing is left behind
	 */
	public ByteBuf encodeBody(TSerializable struct, ThriftProtocol protocol, String name, ByteBufAllocator allocator)
			throws TException {
		try {
			return (protocol == ThriftProtocol.JSON) ? encodeJson(struct, allocator)
					: encode(struct, protocol, allocator);
		}
		catch (TTransportException ex) {
			if (ex.getType() == TTransportException.MESSAGE_SIZE_LIMIT) {
				throw new MessageTooLargeException(name, this.limits.maxFrameSize() + 1L, this.limits.maxFrameSize());
			}
			throw ex;
		}
	}

	private ByteBuf encode(TSerializable struct, ThriftProtocol protocol, ByteBufAllocator allocator)
			throws TException {
		ByteBufProtocol writer = take(protocol);
		ByteBuf body = null;
		try {
			writer.startWriting(allocator, this.limits.maxFrameSize());
			struct.write(writer);
			body = writer.finishWriting();
		}
		finally {
			if (body == null) {
				writer.abandonWriting();
			}
		}
		giveBack(protocol, writer);
		return body;
	}

	private ByteBuf encodeJson(TSerializable struct, ByteBufAllocator allocator) throws TException {
		ByteBuf body = allocator.buffer(Math.min(INITIAL_BODY_CAPACITY, this.limits.maxFrameSize()),
				this.limits.maxFrameSize());
		boolean complete = false;
		try {
			// the struct is the last element of the message's array
			body.writeByte(',');
			struct.write(json(body));
			body.writeByte(']');
			complete = true;
			return body;
		}
		finally {
			if (!complete) {
				body.release();
			}
		}
	}

	/**
	 * Decode a struct from the body of a message, which is consumed but not released.
	 * @param struct the struct to fill
	 * @param protocol how it is encoded
	 * @param body the body
	 * @throws TProtocolException of type {@code SIZE_LIMIT} or {@code DEPTH_LIMIT} if the
	 * struct is over a limit
	 * @throws TException if the body is no such struct
	 */
	public void decodeBody(TSerializable struct, ThriftProtocol protocol, ByteBuf body) throws TException {
		if (protocol == ThriftProtocol.JSON) {
			decodeJson(struct, body);
			return;
		}
		ByteBufProtocol reader = take(protocol);
		reader.startReading(body, maxStringLength(struct));
		try {
			struct.read(reader);
		}
		catch (TProtocolException ex) {
			throw explained(ex);
		}
		reader.finishReading();
		giveBack(protocol, reader);
	}

	/**
	 * What went wrong is told in full, however short the strings of values have to be.
	 */
	private int maxStringLength(TSerializable struct) {
		return (struct instanceof TApplicationException) ? Integer.MAX_VALUE : this.limits.maxStringLength();
	}

	private void decodeJson(TSerializable struct, ByteBuf body) throws TException {
		if (body.isReadable() && body.getByte(body.readerIndex()) == ',') {
			// libthrift takes it when it looks for the end of the sequence id
			body.skipBytes(1);
		}
		try {
			ByteBufTransport in = new ByteBufTransport(body, this.configuration);
			struct.read(new JsonProtocol(in, maxStringLength(struct), this.limits.maxContainerLength()));
		}
		catch (TProtocolException ex) {
			throw explained(ex);
		}
		if (body.isReadable() && body.readByte() != ']') {
			throw new TProtocolException(TProtocolException.INVALID_DATA, "a JSON message does not end with ']'");
		}
	}

	/**
	 * Tell which limit to change: libthrift knows no names for them.
	 */
	private TProtocolException explained(TProtocolException failure) {
		String names = switch (failure.getType()) {
			case TProtocolException.SIZE_LIMIT ->
				" (expected: at most max-string-length " + this.limits.maxStringLength() + " or max-container-length "
						+ this.limits.maxContainerLength() + ")";
			case TProtocolException.DEPTH_LIMIT ->
				" (expected: at most max-recursion-depth " + this.limits.maxRecursionDepth() + ")";
			default -> null;
		};
		return (names != null) ? new TProtocolException(failure.getType(), failure.getMessage() + names, failure)
				: failure;
	}

	private TProtocol json(ByteBuf buffer) throws TException {
		return new JsonProtocol(new ByteBufTransport(buffer, this.configuration), this.limits.maxStringLength(),
				this.limits.maxContainerLength());
	}

	private ByteBufProtocol take(ThriftProtocol protocol) throws TException {
		if (protocol == ThriftProtocol.COMPACT) {
			ByteBufProtocol kept = this.compactProtocols.take();
			return (kept != null) ? kept : new CompactProtocol(this.configuration, this.limits.maxContainerLength());
		}
		ByteBufProtocol kept = this.binaryProtocols.take();
		return (kept != null) ? kept : new BinaryProtocol(this.configuration, this.limits.maxContainerLength());
	}

	private void giveBack(ThriftProtocol protocol, ByteBufProtocol used) {
		((protocol == ThriftProtocol.COMPACT) ? this.compactProtocols : this.binaryProtocols).giveBack(used);
	}

}
