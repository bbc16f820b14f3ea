package io.github.thriftboot.netty.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How large, long and deep messages may be, so that no peer makes this side use memory or
 * time out of proportion. Those of frames and headers bind what is written too.
 * Immutable.
 * <p>
 * Whatever the limits are, a message cannot claim more elements and characters than it
 * has bytes: nothing is allocated for a length that is only declared.
 *
 * @param maxFrameSize the largest frame in bytes, its four-byte length not included; of a
 * message without a frame its own size
 * @param maxStringLength the longest string or binary value in bytes
 * @param maxContainerLength the most elements of a list, set or map
 * @param maxRecursionDepth the most structs inside each other, arguments and results
 * included
 * @param maxHeaders the most THeader key/values of a message
 * @param maxHeaderSize the size of all THeader key/values of a message in bytes, their
 * lengths and the padding included
 * @param maxDecompressedSize the largest payload of a compressed message in bytes, once
 * it is decompressed
 * @param maxCompressionRatio how many times larger than its compressed form a payload of
 * more than 1 MiB may be
 */
public record MessageLimits(int maxFrameSize, int maxStringLength, int maxContainerLength, int maxRecursionDepth,
		int maxHeaders, int maxHeaderSize, int maxDecompressedSize, int maxCompressionRatio) {

	/**
	 * The largest frame that may be configured, so that no length looks like text or TLS.
	 */
	private static final int LARGEST_FRAME_SIZE = 256 * 1024 * 1024;

	/**
	 * As deep as the stack of a thread takes it.
	 */
	private static final int LARGEST_RECURSION_DEPTH = 1_000;

	/**
	 * The runtime needs some for the headers that it adds itself.
	 */
	private static final int LEAST_HEADERS = 8;

	/**
	 * The most headers that may be configured.
	 */
	public static final int LARGEST_HEADERS = 10_000;

	private static final int LEAST_HEADER_SIZE = 1024;

	/**
	 * The largest size of all headers that may be configured: THeader tells it as a
	 * number of words in 16 bits.
	 */
	public static final int LARGEST_HEADER_SIZE = 255 * 1024;

	private static final int LARGEST_COMPRESSION_RATIO = 10_000;

	/**
	 * The limits where nothing else is said.
	 */
	public static final MessageLimits DEFAULT = builder().build();

	/**
	 * Create limits. A {@linkplain #builder() builder} is easier to read.
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public MessageLimits {
		check("maxFrameSize", maxFrameSize, 1, LARGEST_FRAME_SIZE);
		check("maxStringLength", maxStringLength, 1, LARGEST_FRAME_SIZE);
		check("maxContainerLength", maxContainerLength, 1, LARGEST_FRAME_SIZE);
		check("maxRecursionDepth", maxRecursionDepth, 1, LARGEST_RECURSION_DEPTH);
		check("maxHeaders", maxHeaders, LEAST_HEADERS, LARGEST_HEADERS);
		check("maxHeaderSize", maxHeaderSize, LEAST_HEADER_SIZE, LARGEST_HEADER_SIZE);
		check("maxDecompressedSize", maxDecompressedSize, 1, LARGEST_FRAME_SIZE);
		check("maxCompressionRatio", maxCompressionRatio, 1, LARGEST_COMPRESSION_RATIO);
	}

	private static void check(String name, long value, int least, int largest) {
		if (value < least || value > largest) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + " to " + largest + ")");
		}
	}

	/**
	 * Start to build limits that differ from the default.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Builds {@link MessageLimits}. Not thread-safe. A value out of range is refused when
	 * the limits are built.
	 */
	public static final class Builder {

		private long maxFrameSize = 16_384_000;

		private @Nullable Long maxStringLength;

		private int maxContainerLength = 1_000_000;

		private int maxRecursionDepth = 64;

		private int maxHeaders = 64;

		private long maxHeaderSize = 8 * 1024;

		private @Nullable Long maxDecompressedSize;

		private int maxCompressionRatio = 100;

		private Builder() {
		}

		/**
		 * Set the largest frame to read or write.
		 * @param bytes the size in bytes, at most 256 MiB; 16,384,000 by default
		 * @return this builder
		 */
		public Builder maxFrameSize(long bytes) {
			this.maxFrameSize = bytes;
			return this;
		}

		/**
		 * Set the longest string or binary value to read.
		 * @param bytes the length in bytes; that of a frame by default
		 * @return this builder
		 */
		public Builder maxStringLength(long bytes) {
			this.maxStringLength = bytes;
			return this;
		}

		/**
		 * Set the most elements of a list, set or map to read.
		 * @param elements the number, 1,000,000 by default
		 * @return this builder
		 */
		public Builder maxContainerLength(int elements) {
			this.maxContainerLength = elements;
			return this;
		}

		/**
		 * Set how many structs may be inside each other in what is read.
		 * @param depth the number, at most 1,000; 64 by default
		 * @return this builder
		 */
		public Builder maxRecursionDepth(int depth) {
			this.maxRecursionDepth = depth;
			return this;
		}

		/**
		 * Set the most THeader key/values to read or write.
		 * @param headers the number, 8 to 10,000; 64 by default
		 * @return this builder
		 */
		public Builder maxHeaders(int headers) {
			this.maxHeaders = headers;
			return this;
		}

		/**
		 * Set the largest size of all THeader key/values together, to read or write.
		 * @param bytes the size in bytes, 1 to 255 KiB; 8 KiB by default
		 * @return this builder
		 */
		public Builder maxHeaderSize(long bytes) {
			this.maxHeaderSize = bytes;
			return this;
		}

		/**
		 * Set how large a compressed payload may be when it is decompressed.
		 * @param bytes the size in bytes; that of a frame by default
		 * @return this builder
		 */
		public Builder maxDecompressedSize(long bytes) {
			this.maxDecompressedSize = bytes;
			return this;
		}

		/**
		 * Set how many times its compressed form a payload may be. Up to 1 MiB any ratio
		 * is accepted.
		 * @param ratio the ratio, at most 10,000; 100 by default
		 * @return this builder
		 */
		public Builder maxCompressionRatio(int ratio) {
			this.maxCompressionRatio = ratio;
			return this;
		}

		/**
		 * Build the limits.
		 * @return new limits
		 * @throws IllegalArgumentException if a value is out of range
		 */
		public MessageLimits build() {
			int frame = toInt("maxFrameSize", this.maxFrameSize);
			return new MessageLimits(frame, toInt("maxStringLength", orElse(this.maxStringLength, frame)),
					this.maxContainerLength, this.maxRecursionDepth, this.maxHeaders,
					toInt("maxHeaderSize", this.maxHeaderSize),
					toInt("maxDecompressedSize", orElse(this.maxDecompressedSize, frame)), this.maxCompressionRatio);
		}

		private static long orElse(@Nullable Long value, int otherwise) {
			return (value != null) ? value : otherwise;
		}

		private static int toInt(String name, long bytes) {
			if (bytes != (int) bytes) {
				check(name, bytes, 1, LARGEST_FRAME_SIZE);
			}
			return (int) bytes;
		}

	}

}
