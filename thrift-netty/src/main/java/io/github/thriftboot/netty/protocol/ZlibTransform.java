package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The zlib transform of THeader (RFC 1950), id 1.
 */
final class ZlibTransform {

	static final int ID = 1;

	/**
	 * Enough for the method name of every message, and for all of most pings and errors.
	 */
	static final int HEAD_BYTES = 1024;

	/**
	 * What makes the head of a payload has to be within so many bytes, otherwise somebody
	 * compresses nothing.
	 */
	private static final int HEAD_INPUT_BYTES = 4 * HEAD_BYTES;

	/**
	 * Up to this size a payload may be inflated from next to nothing.
	 */
	private static final int FREE_BYTES = 1024 * 1024;

	private static final int CHUNK_BYTES = 8 * 1024;

	private ZlibTransform() {
	}

	/**
	 * Inflate the first bytes of a payload, which takes some microseconds whatever the
	 * payload is.
	 * @param in the compressed payload, which stays as it is
	 * @return the first bytes
	 * @throws DataFormatException if the payload is damaged there
	 */
	static Head inflateHead(ByteBuf in) throws DataFormatException {
		int inputBytes = Math.min(in.readableBytes(), HEAD_INPUT_BYTES);
		byte[] bytes = new byte[HEAD_BYTES];
		int count = 0;
		Inflater inflater = new Inflater();
		try {
			inflater.setInput(in.nioBuffer(in.readerIndex(), inputBytes));
			while (count < bytes.length && !isStuck(inflater)) {
				count += inflater.inflate(bytes, count, bytes.length - count);
			}
			if (count < bytes.length && !inflater.finished()
					&& (inflater.needsDictionary() || inputBytes == in.readableBytes())) {
				throw endsTooEarly();
			}
			return new Head(Unpooled.wrappedBuffer(bytes, 0, count), inflater.finished());
		}
		finally {
			inflater.end();
		}
	}

	private static boolean isStuck(Inflater inflater) {
		return inflater.finished() || inflater.needsInput() || inflater.needsDictionary();
	}

	/**
	 * Inflate a payload.
	 * @param in the compressed payload, which stays as it is
	 * @param limits bound the size of the payload
	 * @param memory is told how many bytes are taken, before they are; what it throws
	 * ends the work
	 * @return a new buffer
	 * @throws DataFormatException if the payload is damaged or inflates to too much
	 */
	static ByteBuf inflate(ByteBuf in, MessageLimits limits, IntConsumer memory) throws DataFormatException {
		int limit = (int) Math.min(limits.maxDecompressedSize(),
				maxInflatedSize(in.readableBytes(), limits.maxCompressionRatio()));
		// one byte more shows that there is more
		int capacity = Math.min(limit + 1, Math.max(CHUNK_BYTES, 2 * in.readableBytes()));
		memory.accept(capacity);
		ByteBuf out = in.alloc().buffer(capacity, limit + 1);
		Inflater inflater = new Inflater();
		boolean complete = false;
		try {
			ByteBuffer[] parts = in.nioBuffers();
			int next = 0;
			while (!inflater.finished()) {
				if (!out.isWritable()) {
					grow(out, memory);
				}
				int count = inflater.inflate(out.nioBuffer(out.writerIndex(), out.writableBytes()));
				out.writerIndex(out.writerIndex() + count);
				if (out.readableBytes() > limit) {
					throw tooLarge(in, limit, limits);
				}
				if (inflater.needsInput() && next < parts.length) {
					inflater.setInput(parts[next++]);
				}
				else if (count == 0 && isStuck(inflater) && !inflater.finished()) {
					throw endsTooEarly();
				}
			}
			complete = true;
			return out;
		}
		finally {
			inflater.end();
			if (!complete) {
				out.release();
			}
		}
	}

	private static void grow(ByteBuf out, IntConsumer memory) {
		int capacity = (int) Math.min(2L * out.capacity(), out.maxCapacity());
		memory.accept(capacity - out.capacity());
		out.capacity(capacity);
	}

	private static DataFormatException endsTooEarly() {
		return new DataFormatException("compressed payload ends too early");
	}

	private static DataFormatException tooLarge(ByteBuf in, int limit, MessageLimits limits) {
		return new DataFormatException("inflated payload: more than " + limit + " bytes from " + in.readableBytes()
				+ " (expected: at most max-decompressed-size " + limits.maxDecompressedSize()
				+ ", and max-compression-ratio " + limits.maxCompressionRatio() + ")");
	}

	/**
	 * Whether a reader would take a payload for a bomb. Its limits are not known here, so
	 * they are taken to be the default.
	 * @param size the size of the payload in bytes
	 * @param deflatedSize its compressed size in bytes
	 * @return {@code true} if it is better sent as it is
	 */
	static boolean isTooDense(int size, int deflatedSize) {
		return size > maxInflatedSize(deflatedSize, MessageLimits.DEFAULT.maxCompressionRatio());
	}

	private static long maxInflatedSize(int size, int maxRatio) {
		return Math.max(FREE_BYTES, (long) maxRatio * size);
	}

	/**
	 * Deflate a payload.
	 * @param out the buffer to append to
	 * @param parts the parts of the payload, which stay as they are
	 */
	static void deflate(ByteBuf out, ByteBuf... parts) {
		Deflater deflater = new Deflater();
		try {
			for (ByteBuf part : parts) {
				for (ByteBuffer bytes : part.nioBuffers()) {
					deflater.setInput(bytes);
					while (!deflater.needsInput()) {
						deflate(deflater, out);
					}
				}
			}
			deflater.finish();
			while (!deflater.finished()) {
				deflate(deflater, out);
			}
		}
		finally {
			deflater.end();
		}
	}

	private static void deflate(Deflater deflater, ByteBuf out) {
		out.ensureWritable(CHUNK_BYTES);
		int count = deflater.deflate(out.nioBuffer(out.writerIndex(), out.writableBytes()));
		out.writerIndex(out.writerIndex() + count);
	}

	/**
	 * The first bytes of a payload.
	 *
	 * @param bytes the bytes, in memory that nobody has to release
	 * @param complete whether they are all of it
	 */
	record Head(ByteBuf bytes, boolean complete) {
	}

}
