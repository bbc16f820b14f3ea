package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Follows messages of the JSON protocol by their brackets. Between messages there may be
 * some white space, as programs write it that end each message with a line.
 */
final class JsonScanner extends MessageScanner {

	/**
	 * More white space than this is no message on its way.
	 */
	static final int MAX_GAP_BYTES = 1024;

	private final int maxDepth;

	private int gapBytes;

	private int depth;

	private boolean inString;

	private boolean escaped;

	JsonScanner(int maxDepth) {
		this.maxDepth = maxDepth;
	}

	@Override
	void restart() {
		this.gapBytes = 0;
		this.depth = 0;
		this.inString = false;
		this.escaped = false;
	}

	@Override
	int scanGap(ByteBuf in) {
		int count = 0;
		if (this.depth == 0) {
			while (has(in, count + 1) && isWhiteSpace(peek(in, count))) {
				count++;
			}
			this.gapBytes += count;
			if (this.gapBytes > MAX_GAP_BYTES) {
				throw new CorruptedFrameException(
						"white space before a JSON message: more than " + MAX_GAP_BYTES + " bytes");
			}
		}
		return count;
	}

	private static boolean isWhiteSpace(int c) {
		return c == ' ' || c == '\t' || c == '\r' || c == '\n';
	}

	@Override
	boolean scan(ByteBuf in) {
		while (has(in, 1)) {
			int c = peek(in, 0);
			advance(1);
			if (this.inString) {
				scanString(c);
			}
			else if (scanStructure(c)) {
				return true;
			}
		}
		return false;
	}

	private void scanString(int c) {
		if (this.escaped) {
			this.escaped = false;
		}
		else if (c == '\\') {
			this.escaped = true;
		}
		else if (c == '"') {
			this.inString = false;
		}
	}

	private boolean scanStructure(int c) {
		if (this.depth == 0 && c != '[') {
			throw new CorruptedFrameException("a JSON message does not start with '['");
		}
		switch (c) {
			case '"' -> this.inString = true;
			case '[', '{' -> {
				if (++this.depth > this.maxDepth) {
					throw new CorruptedFrameException("depth of a JSON message: more than " + this.maxDepth);
				}
			}
			case ']', '}' -> this.depth--;
			default -> {
				// what is between brackets does not matter for the end
			}
		}
		return this.depth == 0;
	}

}
