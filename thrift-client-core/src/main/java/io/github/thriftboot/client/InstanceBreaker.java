package io.github.thriftboot.client;

import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.thriftboot.netty.client.InstanceGuard;
import org.jspecify.annotations.Nullable;

/**
 * The circuit breaker of one instance: while it is open, the instance is out of the
 * balance; half-open, it lets as many attempts through as it permits, and other calls go
 * elsewhere. Thread-safe.
 */
public final class InstanceBreaker implements InstanceGuard {

	private final CallBreaker calls;

	private final CircuitBreaker breaker;

	private final Runnable onClose;

	private volatile Runnable listener = () -> {
	};

	/**
	 * How often it has opened since it was closed last.
	 */
	private int openings;

	/**
	 * When an open breaker is worth asking again. It decides itself, so that need not be
	 * exact.
	 */
	private volatile long askAgainNanos = System.nanoTime();

	/**
	 * Create the breaker of an instance.
	 * @param breaker the breaker
	 * @param onClose run when the instance has left
	 */
	public InstanceBreaker(CallBreaker breaker, Runnable onClose) {
		this.calls = breaker;
		this.breaker = breaker.breaker();
		this.onClose = onClose;
		if (this.breaker.getState() == State.OPEN) {
			opened();
		}
		this.breaker.getEventPublisher().onStateTransition((event) -> {
			switch (event.getStateTransition().getToState()) {
				case OPEN -> opened();
				case CLOSED -> closed();
				default -> {
				}
			}
			this.listener.run();
		});
	}

	/**
	 * Set who wants to know when the instance leaves the balance or is back.
	 * @param newListener takes the place of the one before
	 * @return this breaker
	 */
	public InstanceBreaker listener(Runnable newListener) {
		this.listener = newListener;
		return this;
	}

	private synchronized void opened() {
		this.openings++;
		long millis = this.breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(this.openings);
		this.askAgainNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
	}

	private synchronized void closed() {
		this.openings = 0;
	}

	@Override
	public long nanosLeftOut() {
		return switch (this.breaker.getState()) {
			case OPEN -> Math.max(0, this.askAgainNanos - System.nanoTime());
			case FORCED_OPEN -> Long.MAX_VALUE;
			default -> 0;
		};
	}

	@Override
	public boolean tryAcquire() {
		return this.breaker.tryAcquirePermission();
	}

	@Override
	public void succeeded(long nanos, @Nullable Object value) {
		this.calls.record(nanos, TimeUnit.NANOSECONDS, value, null);
	}

	@Override
	public void failed(long nanos, Throwable failure) {
		this.calls.record(nanos, TimeUnit.NANOSECONDS, null, failure);
	}

	@Override
	public void released() {
		this.breaker.releasePermission();
	}

	@Override
	public void close() {
		this.listener = () -> {
		};
		this.onClose.run();
	}

}
