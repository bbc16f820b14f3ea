package io.github.thriftboot.netty.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;

/**
 * Follows messages of the JSON protocol by their brackets. Between messages there may be
 * white space.
 */
final class JsonScanner extends MessageScanner {

	private final int maxDepth;

	private int depth;

	private boolean inString;

	private boolean escaped;

	JsonScanner(int maxDepth) {
		this.maxDepth = maxDepth;
	}

	@Override
	void restart() {
		this.depth = 0;
		this.inString = false;
		this.escaped = false;
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
		switch (c) {
			case '"' -> this.inString = true;
			case '[', '{' -> {
				if (++this.depth > this.maxDepth) {
					throw new CorruptedFrameException("depth of a JSON message: more than " + this.maxDepth);
				}
			}
			case ']', '}' -> this.depth--;
			default -> {
				if (this.depth == 0 && c > ' ') {
					throw new CorruptedFrameException("a JSON message does not start with '['");
				}
			}
		}
		if (this.depth < 0) {
			throw new CorruptedFrameException("a JSON message closes what it has not opened");
		}
		return this.depth == 0 && (c == ']' || c == '}');
	}

}
