package io.github.thriftboot.benchmarks.thrift.sketch;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.netty.buffer.ByteBuf;
import org.apache.thrift.ProcessFunction;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TFieldIdEnum;
import org.apache.thrift.protocol.TMessage;
import org.apache.thrift.protocol.TMessageType;
import org.jspecify.annotations.Nullable;

/**
 * A caller and its one call. The caller encodes; the event loop decodes replies and wakes
 * the caller, or goes on with the next call.
 */
@SuppressWarnings({ "rawtypes", "unchecked" })
final class SketchCall implements BenchmarkCaller {

	static final int INITIAL_BYTES = 512;

	private static final int LARGE_BYTES = 66 * 1024;

	private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final SketchConnection connection;

	private final int sequenceId;

	private final SketchProtocol protocol = new SketchProtocol();

	private final EchoRequest request;

	private final TBase args;

	private final TBase emptyResult;

	private final TFieldIdEnum success;

	private @Nullable Completion completion;

	private volatile @Nullable Thread waiter;

	private @Nullable Object value;

	private @Nullable Throwable failure;

	SketchCall(SketchConnection connection, int sequenceId, Payload payload) {
		this.connection = connection;
		this.sequenceId = sequenceId;
		this.request = new EchoRequest(payload);
		ProcessFunction function = Objects.requireNonNull(
				new EchoService.Processor<>(new EchoHandler()).getProcessMapView().get(this.request.method()));
		TBase empty = function.getEmptyArgsInstance();
		Object[] arguments = this.request.arguments();
		for (int i = 0; i < arguments.length; i++) {
			empty.setFieldValue(empty.fieldForId(i + 1), arguments[i]);
		}
		this.args = empty;
		this.emptyResult = function.getEmptyResultInstance();
		this.success = this.emptyResult.fieldForId(0);
	}

	@Override
	public void call(long id) throws Exception {
		this.completion = null;
		this.waiter = Thread.currentThread();
		this.connection.write(encode(id));
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
		this.request.check(this.value);
	}

	@Override
	public void callAsync(long id, Completion completion) {
		this.completion = completion;
		try {
			this.connection.write(encode(id));
		}
		catch (TException ex) {
			completion.failed(ex);
		}
	}

	private ByteBuf encode(long id) throws TException {
		this.request.setId(id);
		int size = (this.request.payload() == Payload.LARGE) ? LARGE_BYTES : INITIAL_BYTES;
		ByteBuf frame = this.connection.allocator().directBuffer(size).writeInt(0);
		this.protocol.over(frame)
			.writeMessageBegin(new TMessage(this.request.method(), TMessageType.CALL, this.sequenceId));
		this.args.write(this.protocol);
		return frame.setInt(0, frame.writerIndex() - Integer.BYTES);
	}

	/**
	 * Take the reply, on the event loop.
	 * @param reader reads its body
	 */
	void replied(SketchProtocol reader) {
		try {
			TBase result = this.emptyResult.deepCopy();
			result.read(reader);
			this.value = result.getFieldValue(this.success);
			this.failure = null;
		}
		catch (TException | RuntimeException ex) {
			this.failure = ex;
		}
		Completion waiting = this.completion;
		if (waiting == null) {
			Thread thread = this.waiter;
			this.waiter = null;
			LockSupport.unpark(thread);
			return;
		}
		this.request.complete(this.value, this.failure, waiting);
	}

}
