package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.jspecify.annotations.Nullable;

/**
 * A call that several instances may answer: all of them are asked at once, or one after
 * the other while there is no answer. The first answer counts, and the other calls are
 * given up; one that was not sent yet never is. Fails when all of them have failed.
 */
final class FirstAnswerGroup extends CallGroup {

	/**
	 * Guarded by this.
	 */
	private final List<Throwable> failures = new ArrayList<>();

	private boolean over;

	FirstAnswerGroup(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args,
			CallPolicy policy, ReplyReader replies) {
		super(dispatcher, method, wireName, args, policy, replies);
	}

	@Override
	void start() {
		parts().add(first());
		dispatcher().begin(first());
		if (policy().cluster() == ClusterMode.FORKING) {
			for (int i = 1; i < policy().forks() && another(policy().forks()); i++) {
				// each of them sees where those before it are
			}
		}
	}

	@Override
	boolean onLateAttempt(Part part, boolean sent, long now) {
		if (policy().cluster() == ClusterMode.FORKING) {
			return super.onLateAttempt(part, sent, now);
		}
		if (isWanted(new Part(this), policy().hedgingMaxAttempts()) && dispatcher().mayHedge()) {
			another(policy().hedgingMaxAttempts());
		}
		return false;
	}

	/**
	 * Ask another instance as well.
	 * @param max how many there may be
	 * @return {@code false} if there is no further one, or no need
	 */
	private boolean another(int max) {
		Part part = new Part(this);
		synchronized (this) {
			if (!isWanted(part, max)) {
				return false;
			}
			parts().add(part);
		}
		dispatcher().dispatch(part, null);
		return true;
	}

	private synchronized boolean isWanted(Part part, int max) {
		return !this.over && parts().size() < max && dispatcher().isAnyUntried(part);
	}

	@Override
	void onAnswer(Part part, @Nullable Object answer) {
		if (!endIfFirst()) {
			return;
		}
		for (Part other : parts()) {
			if (other != part && other.giveUp(null)) {
				other.observeWait();
			}
		}
		endWith(part, answer);
	}

	private synchronized boolean endIfFirst() {
		boolean first = !this.over;
		this.over = true;
		return first;
	}

	@Override
	void onFailure(Part part, Throwable failure) {
		synchronized (this) {
			if (this.over) {
				return;
			}
			this.failures.add(failure);
			if (this.failures.size() < parts().size()) {
				return;
			}
			this.over = true;
		}
		// nobody else adds to them any more
		this.failures.forEach((earlier) -> addAttempts(failure, earlier));
		failWith(failure);
	}

	private static void addAttempts(Throwable last, Throwable earlier) {
		if (earlier == last) {
			return;
		}
		last.addSuppressed(earlier);
		for (Throwable attempt : earlier.getSuppressed()) {
			last.addSuppressed(attempt);
		}
	}

}
