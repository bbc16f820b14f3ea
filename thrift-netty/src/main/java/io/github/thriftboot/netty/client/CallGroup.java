package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

/**
 * A call of the application that is several calls, each at another instance. The
 * subclasses say what the outcome of the whole is. Thread-safe.
 */
abstract class CallGroup {

	private final CallDispatcher dispatcher;

	private final ReplyReader replies;

	private final Part first;

	private final List<Part> parts = new CopyOnWriteArrayList<>();

	private final Result result = new Result();

	/**
	 * Create a group of one call, which is not sent yet.
	 * @param dispatcher sends the calls
	 * @param method the method
	 * @param wireName the name that the requests carry
	 * @param args the arguments
	 * @param policy how to make the call
	 * @param replies reads the replies
	 */
	CallGroup(CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args, CallPolicy policy,
			ReplyReader replies) {
		this.dispatcher = dispatcher;
		this.replies = replies;
		this.first = new Part(this, dispatcher, method, wireName, args, policy);
	}

	/**
	 * Send the calls.
	 */
	abstract void start();

	/**
	 * A call has got an answer, which may be a declared exception.
	 * @param part the call
	 * @param answer the value, or the exception
	 */
	abstract void onAnswer(Part part, @Nullable Object answer);

	/**
	 * A call has failed.
	 * @param part the call
	 * @param failure what it failed with
	 */
	abstract void onFailure(Part part, Throwable failure);

	/**
	 * Decide about a call that has not been answered for as long as an attempt may take.
	 * @param part the call
	 * @param sent whether it was written to a connection
	 * @param now the present {@link System#nanoTime()}
	 * @return whether it goes to another instance; {@code false} to wait on
	 */
	boolean onLateAttempt(Part part, boolean sent, long now) {
		return this.dispatcher.mayLeave(part, sent, now);
	}

	CallDispatcher dispatcher() {
		return this.dispatcher;
	}

	CallPolicy policy() {
		return this.first.policy();
	}

	ThriftMethod method() {
		return this.first.method();
	}

	List<Part> parts() {
		return this.parts;
	}

	/**
	 * Return the call that was made with the group.
	 * @return the first call
	 */
	Part first() {
		return this.first;
	}

	/**
	 * Return the future of the outcome. Whoever completes or cancels it gives all calls
	 * up.
	 * @return the future
	 */
	CompletableFuture<@Nullable Object> result() {
		return this.result;
	}

	/**
	 * End with what a call was answered.
	 * @param part the call
	 * @param answer the value, or a declared exception
	 */
	void endWith(Part part, @Nullable Object answer) {
		part.tellHeaders();
		if (answer instanceof TException declared) {
			this.result.fail(declared);
		}
		else {
			this.result.end(answer);
		}
	}

	/**
	 * End with a failure.
	 * @param failure the failure
	 */
	void failWith(Throwable failure) {
		this.result.fail(failure);
	}

	/**
	 * Give up all calls that are under way.
	 * @param cause why, may be {@code null}
	 */
	void giveUp(@Nullable Throwable cause) {
		this.parts.forEach((part) -> part.giveUp(cause));
	}

	/**
	 * Wait for the outcome, on the thread that made the call. When that is interrupted,
	 * it gives the calls up and keeps its interrupt flag.
	 * @return the value
	 * @throws TException what the whole has failed with
	 */
	@Nullable Object await() throws TException {
		try {
			try {
				return this.result.get(this.first.nanosLeft(System.nanoTime()), TimeUnit.NANOSECONDS);
			}
			catch (TimeoutException ex) {
				this.parts.forEach(ThriftCall::timeOut);
				return this.result.get();
			}
		}
		catch (InterruptedException ex) {
			giveUp(ex);
			Thread.currentThread().interrupt();
			throw withCallerStack(new CallCancelledException(method() + " was given up by its caller", null, ex));
		}
		catch (ExecutionException ex) {
			throw thrown(ex.getCause());
		}
	}

	private static TException thrown(@Nullable Throwable failure) {
		if (failure instanceof ThriftCallException unanswered) {
			return withCallerStack(unanswered);
		}
		if (failure instanceof TException answered) {
			return answered;
		}
		if (failure instanceof RuntimeException unchecked) {
			throw unchecked;
		}
		if (failure instanceof Error error) {
			throw error;
		}
		return new TException(failure);
	}

	private static ThriftCallException withCallerStack(ThriftCallException failure) {
		failure.fillInCallerStackTrace();
		return failure;
	}

	private boolean isTaken(Part by, LoadBalancer.Candidate candidate) {
		for (Part part : this.parts) {
			if (part != by && candidate instanceof Member member && part.endpoint() == member.endpoint()) {
				return true;
			}
		}
		return false;
	}

	private final class Result extends CallFuture {

		@Override
		void giveUp(@Nullable Throwable cause) {
			CallGroup.this.giveUp(cause);
		}

	}

	/**
	 * One of the calls. It avoids the instances that the others are at.
	 */
	static final class Part extends ThriftCall {

		private final CallGroup group;

		private @Nullable ThriftMessage reply;

		private Part(CallGroup group, CallDispatcher dispatcher, ThriftMethod method, String wireName, TBase<?, ?> args,
				CallPolicy policy) {
			super(dispatcher, method, wireName, args, policy);
			this.group = group;
		}

		/**
		 * Create a further call of a group.
		 * @param group the group
		 */
		Part(CallGroup group) {
			super(group.first);
			this.group = group;
		}

		@Override
		public boolean tried(LoadBalancer.Candidate candidate) {
			return super.tried(candidate) || this.group.isTaken(this, candidate);
		}

		/**
		 * What the others may run counts as well.
		 */
		@Override
		int lostAttempts() {
			return super.lostAttempts() + Math.max(0, this.group.parts.size() - 1);
		}

		@Override
		@Nullable Duration attemptTimeout() {
			return policy().isHedged() ? policy().hedgingDelay() : super.attemptTimeout();
		}

		@Override
		boolean onLateAttempt(boolean sent, long now) {
			return this.group.onLateAttempt(this, sent, now);
		}

		/**
		 * Only the headers of the answer that counts are told.
		 */
		@Override
		void onReply(ThriftMessage newReply) {
			this.reply = newReply;
		}

		private void tellHeaders() {
			if (this.reply != null) {
				tellHeaders(this.reply);
			}
		}

		@Override
		void onOutcome() {
			Object answer;
			try {
				answer = this.group.replies.value(method(), reply());
				attemptSucceeded(answer);
			}
			catch (TException | RuntimeException | Error ex) {
				attemptOver(ex);
				if (!(ex instanceof TBase)) {
					this.group.onFailure(this, ex);
					return;
				}
				answer = ex;
			}
			this.group.onAnswer(this, answer);
		}

	}

}
