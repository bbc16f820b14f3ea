package io.github.thriftboot.netty.client;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * A call that goes to every instance. Ends when all of them have, with the last answer if
 * none has failed.
 */
final class BroadcastGroup extends CallGroup {

	/**
	 * Guarded by this.
	 */
	private final Map<Part, Throwable> failures = new HashMap<>();

	private final AtomicInteger left = new AtomicInteger();

	BroadcastGroup(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy,
			ReplyReader replies) {
		super(dispatcher, method, wireName, args, policy, replies);
	}

	@Override
	void start() {
		List<Endpoint> endpoints;
		try {
			endpoints = dispatcher().reachable(first());
		}
		catch (RuntimeException ex) {
			failWith(
					new NoInstanceException("instances of " + method().service() + " cannot be told: " + ex, null, ex));
			return;
		}
		if (endpoints.isEmpty()) {
			failWith(dispatcher().noInstance());
			return;
		}
		this.left.set(endpoints.size());
		for (int i = 0; i < endpoints.size(); i++) {
			parts().add((i == 0) ? first() : new Part(this));
		}
		for (int i = 0; i < endpoints.size(); i++) {
			dispatcher().send(parts().get(i), endpoints.get(i));
		}
	}

	@Override
	void onAnswer(Part part, @Nullable Object answer) {
		if (answer instanceof TException declared) {
			onFailure(part, declared);
		}
		else {
			onEnd(part, answer);
		}
	}

	@Override
	void onFailure(Part part, Throwable failure) {
		synchronized (this) {
			this.failures.put(part, failure);
		}
		onEnd(part, null);
	}

	private void onEnd(Part part, @Nullable Object value) {
		if (this.left.decrementAndGet() > 0) {
			return;
		}
		Map<String, Throwable> failed = failuresByInstance();
		if (failed.isEmpty()) {
			endWith(part, value);
			return;
		}
		BroadcastException all = new BroadcastException(method().toString(), failed, parts().size());
		Throwable any = failed.values().iterator().next();
		if (failed.values().stream().allMatch(TBase.class::isInstance)) {
			// an answer, which the caller knows; where it came from is told with it
			any.addSuppressed(all);
			failWith(any);
		}
		else {
			failed.values().forEach(all::addSuppressed);
			failWith(all);
		}
	}

	/**
	 * Return the failures in the order of the instances.
	 */
	private synchronized Map<String, Throwable> failuresByInstance() {
		Map<String, Throwable> failed = new LinkedHashMap<>();
		for (Part part : parts()) {
			Throwable failure = this.failures.get(part);
			Endpoint endpoint = part.endpoint();
			if (failure != null && endpoint != null) {
				failed.put(endpoint.address(), failure);
			}
		}
		return failed;
	}

}
