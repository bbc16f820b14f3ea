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

	private static final int MAX_RATIO = 100;

	private static final int CHUNK_BYTES = 8 * 1024;

	private ZlibTransform() {
	}

	/**
	 * Inflate a payload.
	 * @param in the compressed payload, consumed but not released
	 * @param maxSize the largest payload in bytes
	 * @return a new buffer
	 * @throws DataFormatException if the payload is damaged or inflates to too much
	 */
	static ByteBuf inflate(ByteBuf in, int maxSize) throws DataFormatException {
		long limit = Math.min(maxSize, maxInflatedSize(in.readableBytes()));
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
					throw new DataFormatException("inflated payload: " + (limit + 1) + " bytes or more from "
							+ in.readableBytes() + " (expected: at most "
							+ ((limit == maxSize) ? "max-frame-size " : "") + limit + ")");
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
	 * Return the most that a payload may inflate to, whatever the largest frame is.
	 * @param size its compressed size in bytes
	 * @return the size in bytes
	 */
	static long maxInflatedSize(int size) {
		return Math.max(FREE_BYTES, (long) MAX_RATIO * size);
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
