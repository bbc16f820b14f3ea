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
		List<Member> members;
		try {
			members = dispatcher().reachable(first());
		}
		catch (RuntimeException ex) {
			failWith(
					new NoInstanceException("instances of " + method().service() + " cannot be told: " + ex, null, ex));
			return;
		}
		if (members.isEmpty()) {
			failWith(dispatcher().noInstance());
			return;
		}
		this.left.set(members.size());
		for (int i = 0; i < members.size(); i++) {
			Part part = (i == 0) ? first() : new Part(this);
			part.admittedBy(members.get(i).guard());
			parts().add(part);
		}
		for (int i = 0; i < members.size(); i++) {
			dispatcher().send(parts().get(i), members.get(i).endpoint());
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
