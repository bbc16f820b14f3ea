package io.github.thriftboot.netty.protocol;

import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

import io.netty.buffer.ByteBuf;

/**
 * The zlib transform of THeader (RFC 1950), id 1.
 */
final class ZlibTransform {

	static final int ID = 1;

	/**
	 * Up to this size a payload may be inflated from next to nothing.
	 */
	private static final int FREE_BYTES = 1024 * 1024;

	private static final int CHUNK_BYTES = 8 * 1024;

	private ZlibTransform() {
	}

	/**
	 * Inflate a payload.
	 * @param in the compressed payload, consumed but not released
	 * @param limits bound the size of the payload
	 * @return a new buffer
	 * @throws DataFormatException if the payload is damaged or inflates to too much
	 */
	static ByteBuf inflate(ByteBuf in, MessageLimits limits) throws DataFormatException {
		long limit = Math.min(limits.maxDecompressedSize(),
				maxInflatedSize(in.readableBytes(), limits.maxCompressionRatio()));
		Inflater inflater = new Inflater();
		ByteBuf out = in.alloc().buffer();
		boolean complete = false;
		try {
			inflater.setInput(in.nioBuffer());
			byte[] chunk = new byte[CHUNK_BYTES];
			while (!inflater.finished()) {
				int count = inflater.inflate(chunk);
				if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
					throw new DataFormatException("compressed payload ends too early");
				}
				if (out.readableBytes() + count > limit) {
					throw new DataFormatException(
							"inflated payload: more than " + limit + " bytes from " + in.readableBytes()
									+ " (expected: at most max-decompressed-size " + limits.maxDecompressedSize()
									+ ", and max-compression-ratio " + limits.maxCompressionRatio() + ")");
				}
				out.writeBytes(chunk, 0, count);
			}
			in.skipBytes(in.readableBytes());
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
	 * @param in the payload, consumed but not released
	 * @param out the buffer to append to
	 */
	static void deflate(ByteBuf in, ByteBuf out) {
		Deflater deflater = new Deflater();
		try {
			deflater.setInput(in.nioBuffer());
			deflater.finish();
			byte[] chunk = new byte[CHUNK_BYTES];
			while (!deflater.finished()) {
				out.writeBytes(chunk, 0, deflater.deflate(chunk));
			}
			in.skipBytes(in.readableBytes());
		}
		finally {
			deflater.end();
		}
	}

}
