package io.github.thriftboot.netty.server;

import java.util.concurrent.RejectedExecutionException;

import io.github.thriftboot.netty.protocol.MalformedMessageException;
import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;

/**
 * The request of a call and the memory that it has: from its arrival on, because it waits
 * as it has come, and until the call is answered, because its arguments live as long. For
 * one thread at a time.
 */
final class CallRequest {

	/**
	 * Up to this size in bytes a request needs no memory of its own: the number of calls
	 * bounds those.
	 */
	private static final int SMALL_BYTES = 1024;

	private final MessageCodec codec;

	private final RequestMemory memory;

	private ThriftMessage message;

	private int size;

	private long memoryBytes;

	/**
	 * Create a request.
	 * @param message the message, which belongs to the request
	 * @param codec reads it
	 * @param memory where its memory comes from
	 */
	CallRequest(ThriftMessage message, MessageCodec codec, RequestMemory memory) {
		this.message = message;
		this.codec = codec;
		this.memory = memory;
		this.size = message.body().readableBytes();
	}

	/**
	 * Return the message, which tells whom to answer also when its body is released.
	 * @return the message
	 */
	ThriftMessage message() {
		return this.message;
	}

	/**
	 * Return the size of the arguments.
	 * @return the size in bytes; of a compressed request that of its compressed form
	 * until it is read
	 */
	int size() {
		return this.size;
	}

	/**
	 * Take the memory that the request needs before it is read.
	 * @return {@code false} if there is not enough, so that the call has to be rejected
	 */
	boolean takeMemory() {
		return this.size <= SMALL_BYTES || takeMemory(this.size);
	}

	private boolean takeMemory(int bytes) {
		boolean taken = this.memory.take(this.memoryBytes, bytes);
		if (taken) {
			this.memoryBytes += bytes;
		}
		return taken;
	}

	/**
	 * Give back all memory, when the call is answered.
	 */
	void giveBackMemory() {
		if (this.memoryBytes > 0) {
			this.memory.giveBack(this.memoryBytes);
		}
	}

	/**
	 * Read the arguments, and release the request in any case. It takes its time if they
	 * are large or compressed.
	 * @param args the arguments to fill
	 * @throws RejectedExecutionException if there is not enough memory to inflate them
	 * @throws MalformedMessageException if they cannot be inflated
	 * @throws TException if they cannot be decoded
	 */
	void readArguments(TBase<?, ?> args) throws MalformedMessageException, TException {
		try {
			if (this.message.envelope().zlib()) {
				this.message = this.codec.inflate(this.message, this::takeMemoryOrFail);
				this.size = this.message.body().readableBytes();
			}
			this.codec.decodeBody(args, this.message.envelope().protocol(), this.message.body());
		}
		finally {
			this.message.release();
		}
	}

	private void takeMemoryOrFail(int bytes) {
		if (!takeMemory(bytes)) {
			throw new RejectedExecutionException("not enough memory to inflate a request");
		}
	}

	/**
	 * Release the request instead of reading it.
	 */
	void release() {
		this.message.release();
	}

}
