package io.github.thriftboot.netty.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransportException;
import org.jspecify.annotations.Nullable;

/**
 * A protocol that reads and writes structs in a {@link ByteBuf} without a transport in
 * between. Values pass through a window, an array that stands for the present part of the
 * buffer, because an array is several times faster to access; large binary values go past
 * it and are copied once.
 * <p>
 * An object is used for one struct after the other, by one thread at a time: between
 * {@link #startReading} and {@link #finishReading}, or {@link #startWriting} and
 * {@link #finishWriting}. After an exception it is of no use any more.
 * <p>
 * Each byte of a message can be claimed once by the declared size of a string or
 * container, so nested containers cannot together claim more memory than the message
 * could fill, however large each of them is.
 */
abstract class ByteBufProtocol extends TProtocol {

	static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

	static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	static final TStruct STRUCT = new TStruct();

	static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);

	static final int UUID_BYTES = 2 * Long.BYTES;

	private static final int FIELD_IDS = 32;

	private static final int FIELD_TYPES = 32;

	/**
	 * The heads of usual fields; nearly every field has one of them.
	 */
	private static final TField[] FIELDS = new TField[FIELD_TYPES * FIELD_IDS];

	static {
		for (int i = 0; i < FIELDS.length; i++) {
			FIELDS[i] = new TField("", (byte) (i / FIELD_IDS), (short) (i % FIELD_IDS));
		}
	}

	private static final int WINDOW_BYTES = 4 * 1024;

	/**
	 * Up to here a loop over the characters is faster than an array for the bytes.
	 */
	private static final int SHORT_STRING = 64;

	/**
	 * From here on bytes go past the window.
	 */
	private static final int LARGE_BYTES = 1024;

	/**
	 * Room behind a large value, so that the rest of a message does not make its buffer
	 * grow.
	 */
	private static final int SPARE_BYTES = 256;

	/**
	 * Holds the bytes of the message from {@link #position} to {@link #limit} when
	 * reading, up to {@link #position} when writing.
	 */
	final byte[] window = new byte[WINDOW_BYTES];

	int position;

	private final int maxContainerLength;

	private int maxStringLength;

	private int limit;

	private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

	private @Nullable ByteBufAllocator allocator;

	private int maxSize;

	/**
	 * Bytes that no string or container has claimed.
	 */
	private long unclaimed;

	/**
	 * Create a protocol.
	 * @param configuration the limits that libthrift asks for
	 * @param maxContainerLength the most elements of a container to read
	 * @throws TTransportException never; libthrift declares it
	 */
	ByteBufProtocol(TConfiguration configuration, int maxContainerLength) throws TTransportException {
		// libthrift asks the transport for its configuration, and nothing else
		super(new ByteBufTransport(Unpooled.EMPTY_BUFFER, configuration));
		this.maxContainerLength = maxContainerLength;
	}

	/**
	 * Start to read a struct.
	 * @param source the buffer, which stays with the caller
	 * @param longestString the longest string or binary value to read in bytes
	 */
	final void startReading(ByteBuf source, int longestString) {
		reset();
		this.maxStringLength = longestString;
		this.buffer = source;
		this.unclaimed = source.readableBytes();
		this.position = 0;
		this.limit = 0;
		fill();
	}

	/**
	 * End reading: the reader index of the buffer is then behind the struct.
	 */
	final void finishReading() {
		this.buffer.readerIndex(this.buffer.readerIndex() - (this.limit - this.position));
		this.buffer = Unpooled.EMPTY_BUFFER;
	}

	/**
	 * Start to write a struct.
	 * @param alloc where its buffer comes from
	 * @param maxBytes the largest size
	 */
	final void startWriting(ByteBufAllocator alloc, int maxBytes) {
		reset();
		this.allocator = alloc;
		this.maxSize = maxBytes;
		this.position = 0;
	}

	/**
	 * End writing.
	 * @return the encoded struct, which belongs to the caller
	 * @throws TTransportException if it is larger than the maximum
	 */
	final ByteBuf finishWriting() throws TTransportException {
		flush(0, this.position);
		ByteBuf written = this.buffer;
		this.buffer = Unpooled.EMPTY_BUFFER;
		this.allocator = null;
		return written;
	}

	/**
	 * Release what was written, after an exception.
	 */
	final void abandonWriting() {
		this.buffer.release();
		this.buffer = Unpooled.EMPTY_BUFFER;
		this.allocator = null;
	}

	/**
	 * See that some bytes can be put into the window.
	 * @param count the number, at most a small part of the window
	 * @throws TTransportException if the message becomes larger than the maximum
	 */
	final void reserve(int count) throws TTransportException {
		if (this.window.length - this.position < count) {
			flush(0, 2 * this.window.length);
		}
	}

	/**
	 * Move what is in the window to the buffer.
	 * @param more the number of bytes that are known to follow at least
	 * @param capacity how large a new buffer should be
	 */
	private void flush(int more, int capacity) throws TTransportException {
		int count = this.position;
		long size = (long) this.buffer.writerIndex() + count + more;
		if (size > this.maxSize) {
			throw new TTransportException(TTransportException.MESSAGE_SIZE_LIMIT,
					"message is larger than " + this.maxSize + " bytes");
		}
		if (this.buffer == Unpooled.EMPTY_BUFFER && this.allocator != null) {
			this.buffer = this.allocator.buffer(Math.min(capacity, this.maxSize), this.maxSize);
		}
		else if (size > this.buffer.capacity()) {
			this.buffer.ensureWritable(Math.min(count + more + SPARE_BYTES, this.buffer.maxWritableBytes()));
		}
		this.buffer.writeBytes(this.window, 0, count);
		this.position = 0;
	}

	private void flushBeforeLarge(int length) throws TTransportException {
		flush(length, (int) Math.min((long) this.position + length + SPARE_BYTES, this.maxSize));
	}

	/**
	 * Write the declared size of what follows.
	 * @param size the number of bytes
	 * @throws TTransportException if the message becomes larger than the maximum
	 */
	abstract void writeSize(int size) throws TTransportException;

	/**
	 * Read a declared size.
	 * @return the size, not checked
	 * @throws TException if there is none
	 */
	abstract int readSize() throws TException;

	@Override
	public final void writeString(String string) throws TTransportException {
		int length = string.length();
		if (length > SHORT_STRING) {
			writeBytes(string.getBytes(StandardCharsets.UTF_8));
			return;
		}
		reserve(Integer.BYTES + 1 + length);
		int start = this.position;
		writeSize(length);
		byte[] target = this.window;
		int offset = this.position;
		for (int i = 0; i < length; i++) {
			char c = string.charAt(i);
			if (c >= 0x80) {
				this.position = start;
				writeBytes(string.getBytes(StandardCharsets.UTF_8));
				return;
			}
			target[offset + i] = (byte) c;
		}
		this.position = offset + length;
	}

	private void writeBytes(byte[] bytes) throws TTransportException {
		reserve(Integer.BYTES + 1);
		writeSize(bytes.length);
		if (bytes.length <= LARGE_BYTES) {
			reserve(bytes.length);
			System.arraycopy(bytes, 0, this.window, this.position, bytes.length);
			this.position += bytes.length;
		}
		else {
			flushBeforeLarge(bytes.length);
			this.buffer.writeBytes(bytes);
		}
	}

	@Override
	public final void writeBinary(ByteBuffer data) throws TTransportException {
		int length = data.remaining();
		reserve(Integer.BYTES + 1);
		writeSize(length);
		if (length <= LARGE_BYTES) {
			reserve(length);
			data.get(data.position(), this.window, this.position, length);
			this.position += length;
		}
		else {
			flushBeforeLarge(length);
			this.buffer.writeBytes(data.duplicate());
		}
	}

	@Override
	public final String readString() throws TException {
		int length = readSize();
		claimString(length);
		if (length > this.window.length) {
			return new String(readLarge(length), StandardCharsets.UTF_8);
		}
		require(length);
		String string = new String(this.window, this.position, length, StandardCharsets.UTF_8);
		this.position += length;
		return string;
	}

	@Override
	public final ByteBuffer readBinary() throws TException {
		int length = readSize();
		if (length == 0) {
			return NO_BYTES;
		}
		claimString(length);
		return ByteBuffer.wrap(readLarge(length));
	}

	private byte[] readLarge(int length) throws TTransportException {
		byte[] bytes = new byte[length];
		int inWindow = Math.min(length, this.limit - this.position);
		System.arraycopy(this.window, this.position, bytes, 0, inWindow);
		this.position += inWindow;
		this.buffer.readBytes(bytes, inWindow, length - inWindow);
		return bytes;
	}

	/**
	 * See that some bytes can be taken from the window.
	 * @param count the number, at most the size of the window
	 * @throws TTransportException if the message ends before
	 */
	final void require(int count) throws TTransportException {
		if (this.limit - this.position < count) {
			fill();
			if (this.limit < count) {
				throw new TTransportException(TTransportException.END_OF_FILE, "message ends too early");
			}
		}
	}

	private void fill() {
		int rest = this.limit - this.position;
		System.arraycopy(this.window, this.position, this.window, 0, rest);
		int count = Math.min(this.buffer.readableBytes(), this.window.length - rest);
		this.buffer.readBytes(this.window, rest, count);
		this.position = 0;
		this.limit = rest + count;
	}

	/**
	 * Claim bytes of the message for something that declares its size.
	 * @param count the number of bytes that it takes at least
	 * @throws TTransportException if there are not so many left
	 */
	private void claim(long count) throws TTransportException {
		if (count < 0 || count > Math.min(this.unclaimed, this.limit - this.position + this.buffer.readableBytes())) {
			throw new TTransportException(TTransportException.MESSAGE_SIZE_LIMIT,
					"declared length: " + count + " (expected: 0 to " + this.unclaimed + ")");
		}
		this.unclaimed -= count;
	}

	private void claimString(int length) throws TException {
		claim(length);
		checkLimit(length, this.maxStringLength);
	}

	private static void checkLimit(int length, int maxLength) throws TProtocolException {
		if (length > maxLength) {
			throw new TProtocolException(TProtocolException.SIZE_LIMIT, "declared length: " + length);
		}
	}

	/**
	 * Check the declared size of a container.
	 * @param size the number of elements
	 * @param elementBytes the least size of an element
	 * @throws TException if the message cannot hold so many
	 */
	final void claimContainer(int size, int elementBytes) throws TException {
		if (size < 0) {
			throw new TProtocolException(TProtocolException.NEGATIVE_SIZE, "Negative length: " + size);
		}
		claim((long) size * elementBytes);
		checkLimit(size, this.maxContainerLength);
	}

	/**
	 * Return the head of a field.
	 * @param type the type, unchecked
	 * @param id the id, unchecked
	 * @return the head, shared if it is a usual one
	 */
	static TField field(byte type, short id) {
		if (type >= 0 && type < FIELD_TYPES && id >= 0 && id < FIELD_IDS) {
			return FIELDS[type * FIELD_IDS + id];
		}
		return new TField("", type, id);
	}

	/**
	 * Return the least size of a value.
	 * @param type its type
	 * @return the size in bytes
	 * @throws TTransportException if there is no such type
	 */
	@Override
	public abstract int getMinSerializedSize(byte type) throws TTransportException;

	static TTransportException unknownType(byte type) {
		return new TTransportException(TTransportException.UNKNOWN, "type: " + type + " (expected: one of Thrift's)");
	}

	// structs have no message around them here: MessageHeader knows it

	@Override
	public final void writeMessageBegin(TMessage message) {
		throw new UnsupportedOperationException("a message inside a message");
	}

	@Override
	public final TMessage readMessageBegin() {
		throw new UnsupportedOperationException("a message inside a message");
	}

	// what has no bytes in either protocol

	@Override
	public final void writeMessageEnd() {
		// nothing
	}

	@Override
	public final void writeFieldEnd() {
		// nothing
	}

	@Override
	public final void writeMapEnd() {
		// nothing
	}

	@Override
	public final void writeListEnd() {
		// nothing
	}

	@Override
	public final void writeSetEnd() {
		// nothing
	}

	@Override
	public final void writeFieldStop() throws TTransportException {
		writeByte(TType.STOP);
	}

	@Override
	public final void writeByte(byte value) throws TTransportException {
		reserve(1);
		this.window[this.position++] = value;
	}

	@Override
	public final byte readByte() throws TTransportException {
		require(1);
		return this.window[this.position++];
	}

	@Override
	public final void readMessageEnd() {
		// nothing
	}

	@Override
	public final void readFieldEnd() {
		// nothing
	}

	@Override
	public final void readMapEnd() {
		// nothing
	}

	@Override
	public final void readListEnd() {
		// nothing
	}

	@Override
	public final void readSetEnd() {
		// nothing
	}

}
