package io.github.thriftboot.benchmarks.thrift.bare;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.WrongReplyException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Writes a frame and parks until its reply is there, or goes on from the reply.
 */
final class BareCaller implements BenchmarkCaller {

	private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final Channel channel;

	private final int number;

	private final byte[] content;

	private final int millis;

	private final ByteBuf expected;

	private long id;

	private @Nullable Completion completion;

	private volatile @Nullable Thread waiter;

	private @Nullable Throwable failure;

	BareCaller(Channel channel, int number, byte[] content, int millis) {
		this.channel = channel;
		this.number = number;
		this.content = content;
		this.millis = millis;
		this.expected = Unpooled.wrappedBuffer(content);
	}

	@Override
	public void call(long id) throws Exception {
		this.id = id;
		this.completion = null;
		this.failure = null;
		this.waiter = Thread.currentThread();
		this.channel.writeAndFlush(frame(), this.channel.voidPromise());
		long deadline = System.nanoTime() + TIMEOUT_NANOS;
		while (this.waiter != null) {
			LockSupport.parkNanos(this, TIMEOUT_NANOS);
			if (this.waiter != null && System.nanoTime() - deadline > 0) {
				throw new TimeoutException("no reply");
			}
		}
		if (this.failure != null) {
			throw new IllegalStateException(this.failure);
		}
	}

	@Override
	public void callAsync(long id, Completion completion) {
		this.id = id;
		this.completion = completion;
		if (this.channel.eventLoop().inEventLoop()) {
			// flushed when all that was read is done
			this.channel.write(frame(), this.channel.voidPromise());
		}
		else {
			this.channel.writeAndFlush(frame(), this.channel.voidPromise());
		}
	}

	private ByteBuf frame() {
		ByteBuf frame = this.channel.alloc().directBuffer(BareFrame.CONTENT + this.content.length);
		BareFrame.write(frame, this.number, this.id, this.millis, this.content);
		return frame;
	}

	/**
	 * Take the reply, on the event loop.
	 * @param frame the frame
	 */
	void replied(ByteBuf frame) {
		boolean right = frame.getLong(BareFrame.ID) == this.id
				&& frame.readableBytes() == BareFrame.CONTENT + this.content.length
				&& ByteBufUtil.equals(frame, BareFrame.CONTENT, this.expected, 0, this.content.length);
		end(right ? null : new WrongReplyException("id " + this.id, "id " + frame.getLong(BareFrame.ID)));
	}

	void end(@Nullable Throwable cause) {
		Completion waiting = this.completion;
		if (waiting != null) {
			if (cause == null) {
				waiting.succeeded();
			}
			else {
				waiting.failed(cause);
			}
			return;
		}
		Thread thread = this.waiter;
		this.failure = cause;
		this.waiter = null;
		LockSupport.unpark(thread);
	}

}
