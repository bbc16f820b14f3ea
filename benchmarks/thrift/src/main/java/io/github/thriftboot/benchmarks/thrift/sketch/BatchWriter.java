package io.github.thriftboot.benchmarks.thrift.sketch;

import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.internal.PlatformDependent;

/**
 * Takes frames from any thread and writes them on the event loop, those that have come
 * together with one flush.
 */
final class BatchWriter {

	private final Channel channel;

	private final Queue<ByteBuf> queue = PlatformDependent.newMpscQueue();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final Runnable drain = this::drain;

	BatchWriter(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Write a frame; on the event loop it is left to the caller to flush.
	 * @param frame the frame, released by this class
	 */
	void write(ByteBuf frame) {
		if (this.channel.eventLoop().inEventLoop()) {
			this.channel.write(frame, this.channel.voidPromise());
			return;
		}
		this.queue.add(frame);
		if (!this.scheduled.get() && this.scheduled.compareAndSet(false, true)) {
			this.channel.eventLoop().execute(this.drain);
		}
	}

	private void drain() {
		this.scheduled.set(false);
		for (ByteBuf frame = this.queue.poll(); frame != null; frame = this.queue.poll()) {
			this.channel.write(frame, this.channel.voidPromise());
		}
		this.channel.flush();
	}

}
