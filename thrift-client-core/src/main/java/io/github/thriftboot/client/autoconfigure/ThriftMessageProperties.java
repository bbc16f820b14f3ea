package io.github.thriftboot.client.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * Limits of the messages of a client. A superclass, because these keys have no prefix of
 * their own.
 */
public abstract sealed class ThriftMessageProperties extends ThriftCallProperties permits ThriftBalancingProperties {

	/**
	 * Maximum size of a frame, header included, in both directions.
	 */
	private @Nullable DataSize maxFrameSize;

	/**
	 * Maximum length of a string or binary value in a reply. As 'max-frame-size' if not
	 * set.
	 */
	private @Nullable DataSize maxStringLength;

	/**
	 * Maximum number of elements of a list, set or map in a reply.
	 */
	private @Nullable Integer maxContainerLength;

	/**
	 * Maximum number of structs inside each other in a reply. At most 1000.
	 */
	private @Nullable Integer maxRecursionDepth;

	/**
	 * Maximum number of headers of a message, in both directions. 8 to 10000.
	 */
	private @Nullable Integer maxHeaders;

	/**
	 * Maximum size of all headers of a message, in both directions. 1KB to 255KB.
	 */
	private @Nullable DataSize maxHeaderSize;

	/**
	 * Maximum size of a compressed reply once it is decompressed. As 'max-frame-size' if
	 * not set.
	 */
	private @Nullable DataSize maxDecompressedSize;

	/**
	 * Maximum size of a compressed reply once it is decompressed, as a multiple of its
	 * compressed size. Up to 1MB any multiple is accepted.
	 */
	private @Nullable Integer maxCompressionRatio;

	public @Nullable DataSize getMaxFrameSize() {
		return this.maxFrameSize;
	}

	public void setMaxFrameSize(@Nullable DataSize maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	public @Nullable DataSize getMaxStringLength() {
		return this.maxStringLength;
	}

	public void setMaxStringLength(@Nullable DataSize maxStringLength) {
		this.maxStringLength = maxStringLength;
	}

	public @Nullable Integer getMaxContainerLength() {
		return this.maxContainerLength;
	}

	public void setMaxContainerLength(@Nullable Integer maxContainerLength) {
		this.maxContainerLength = maxContainerLength;
	}

	public @Nullable Integer getMaxRecursionDepth() {
		return this.maxRecursionDepth;
	}

	public void setMaxRecursionDepth(@Nullable Integer maxRecursionDepth) {
		this.maxRecursionDepth = maxRecursionDepth;
	}

	public @Nullable Integer getMaxHeaders() {
		return this.maxHeaders;
	}

	public void setMaxHeaders(@Nullable Integer maxHeaders) {
		this.maxHeaders = maxHeaders;
	}

	public @Nullable DataSize getMaxHeaderSize() {
		return this.maxHeaderSize;
	}

	public void setMaxHeaderSize(@Nullable DataSize maxHeaderSize) {
		this.maxHeaderSize = maxHeaderSize;
	}

	public @Nullable DataSize getMaxDecompressedSize() {
		return this.maxDecompressedSize;
	}

	public void setMaxDecompressedSize(@Nullable DataSize maxDecompressedSize) {
		this.maxDecompressedSize = maxDecompressedSize;
	}

	public @Nullable Integer getMaxCompressionRatio() {
		return this.maxCompressionRatio;
	}

	public void setMaxCompressionRatio(@Nullable Integer maxCompressionRatio) {
		this.maxCompressionRatio = maxCompressionRatio;
	}

}
