package io.github.thriftboot.benchmarks.thrift.bare;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/**
 * The frame of {@link BareSystem}.
 *
 * <pre>
 * u32 length of the rest | u32 caller | i64 id | u32 milliseconds to wait | content
 * </pre>
 */
final class BareFrame {

	static final int CALLER = 4;

	static final int ID = 8;

	static final int MILLIS = 16;

	static final int CONTENT = 20;

	private static final int MAX_BYTES = 1024 * 1024;

	private BareFrame() {
	}

	/**
	 * Make a decoder that leaves the frames as they are, length included.
	 * @return a new decoder
	 */
	static LengthFieldBasedFrameDecoder newDecoder() {
		return new LengthFieldBasedFrameDecoder(MAX_BYTES, 0, Integer.BYTES);
	}

	static void write(ByteBuf out, int caller, long id, int millis, byte[] content) {
		out.writeInt(CONTENT - Integer.BYTES + content.length);
		out.writeInt(caller);
		out.writeLong(id);
		out.writeInt(millis);
		out.writeBytes(content);
	}

}
