package io.github.thriftboot.samples.consumer;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.samples.api.OrderLine;
import io.github.thriftboot.samples.api.OrderRequest;
import jakarta.annotation.PreDestroy;
import org.apache.thrift.TException;

import org.springframework.stereotype.Component;

/**
 * Calls both services from several threads until it is told to stop, and counts who
 * answered. Only the demo needs it. Thread-safe.
 */
@Component
class Traffic {

	private static final OrderRequest ORDER = new OrderRequest(1, List.of(new OrderLine("tea", 1)));

	private static final long PAUSE_NANOS = 1_000_000;

	private final UserClient users;

	private final OrderClient orders;

	private final Map<String, Long> counts = new ConcurrentHashMap<>();

	private final AtomicLong lastTrouble = new AtomicLong();

	private final List<Thread> callers = new ArrayList<>();

	private volatile boolean stopped;

	Traffic(UserClient users, OrderClient orders) {
		this.users = users;
		this.orders = orders;
	}

	synchronized void start(int numberOfCallers) {
		for (int i = 0; i < numberOfCallers; i++) {
			Thread caller = new Thread(this::call, "traffic-" + i);
			this.callers.add(caller);
			caller.start();
		}
	}

	@PreDestroy
	synchronized void stop() throws InterruptedException {
		this.stopped = true;
		for (Thread caller : this.callers) {
			caller.join();
		}
	}

	/**
	 * What happened so far.
	 * @return the number of calls by method and by who answered or which exception came,
	 * and the time of the last one not answered by an instance (epoch ms)
	 */
	Map<String, Long> counts() {
		Map<String, Long> counts = new TreeMap<>(this.counts);
		counts.put("lastTrouble", this.lastTrouble.get());
		return counts;
	}

	private void call() {
		while (!this.stopped) {
			count("getUser", () -> this.users.getUser(1).getAnsweredBy());
			count("placeOrder", () -> this.orders.placeOrder(ORDER).getAnsweredBy());
			LockSupport.parkNanos(PAUSE_NANOS);
		}
	}

	private void count(String method, Call call) {
		String answer;
		boolean trouble;
		try {
			answer = call.answeredBy();
			trouble = answer.equals("fallback");
		}
		catch (TException ex) {
			answer = ex.getClass().getSimpleName();
			trouble = true;
		}
		this.counts.merge(method + " " + answer, 1L, Long::sum);
		if (trouble) {
			this.lastTrouble.set(Clock.systemUTC().millis());
		}
	}

	@FunctionalInterface
	private interface Call {

		String answeredBy() throws TException;

	}

}
