package io.github.thriftboot.netty.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.server.ServiceRouter.Route;
import io.github.thriftboot.netty.server.ThriftServerInterceptor.Chain;
import org.apache.thrift.TBase;
import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A call as {@linkplain ThriftServerInterceptor interceptors} see it. Thread-safe.
 */
public final class ServerInvocation {

	private static final Logger logger = LoggerFactory.getLogger(ServerInvocation.class);

	private final Route route;

	private final ThriftContext context;

	private final TBase<?, ?> args;

	/**
	 * What an asynchronous handler completes.
	 */
	private final CompletableFuture<@Nullable Object> outcome = new CompletableFuture<>();

	ServerInvocation(Route route, ThriftContext context, TBase<?, ?> args) {
		this.route = route;
		this.context = context;
		this.args = args;
	}

	/**
	 * Put interceptors one around the other, the handler inside.
	 * @param interceptors the interceptors, the outermost first
	 * @return what to call, or {@code null} if there are none
	 */
	static @Nullable Chain chain(List<ThriftServerInterceptor> interceptors) {
		Chain chain = null;
		for (int i = interceptors.size() - 1; i >= 0; i--) {
			ThriftServerInterceptor interceptor = interceptors.get(i);
			Chain next = (chain != null) ? chain : ServerInvocation::callHandler;
			chain = (call) -> call.intercept(interceptor, next);
		}
		return chain;
	}

	/**
	 * Go through the interceptors to the handler.
	 * @param chain the chain to go through
	 * @param whenDone gets the value or the failure, once
	 */
	void call(Chain chain, BiConsumer<@Nullable Object, @Nullable Throwable> whenDone) {
		Map<String, String> diagnosticContext = MDC.getCopyOfContextMap();
		try {
			// inside, so that what is logged of the call has what interceptors put there
			chain.proceed(this)
				.whenComplete((value, failure) -> whenDone.accept(value, (failure != null) ? cause(failure) : null));
		}
		finally {
			// the thread goes on to other calls
			if (diagnosticContext != null) {
				MDC.setContextMap(diagnosticContext);
			}
			else {
				MDC.clear();
			}
		}
	}

	/**
	 * Return what made a stage fail, without what stages put around it.
	 */
	private static Throwable cause(Throwable failure) {
		Throwable cause = failure;
		while (cause instanceof CompletionException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	@SuppressWarnings("ConstantValue") // an implementation may be compiled without
										// NullAway
	private CompletionStage<@Nullable Object> intercept(ThriftServerInterceptor interceptor, Chain next) {
		try {
			CompletionStage<@Nullable Object> result = interceptor.intercept(this, next);
			if (result == null) {
				throw new NullPointerException(interceptor.getClass().getName() + " returned null (expected: a stage)");
			}
			return result;
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletionStage<@Nullable Object> callHandler() {
		ThriftMethod method = method();
		try {
			if (this.route.service().async()) {
				method.invokeAsync(handler(), this.args, new Completion());
			}
			else {
				TBase<?, ?> result = method.invoke(handler(), this.args);
				this.outcome.complete((result != null) ? method.valueOrNull(result) : null);
			}
		}
		catch (Throwable ex) {
			// everything: an Error that escaped would leave the caller without an answer
			fail(ex);
		}
		return this.outcome;
	}

	/**
	 * Return the surroundings of the call: names, headers, peer, deadline, attributes.
	 * @return the context, which the handler has as {@link ThriftContext#current()}
	 */
	public ThriftContext context() {
		return this.context;
	}

	/**
	 * Return the method.
	 * @return the method as the IDL has it
	 */
	public ThriftMethod method() {
		return this.route.method();
	}

	/**
	 * Return the handler.
	 * @return the handler, or the proxy through which it is called
	 */
	public Object handler() {
		return this.route.service().handler();
	}

	/**
	 * Return the arguments.
	 * @return the values in the order of the IDL, {@code null} for one that was not sent;
	 * not modifiable
	 */
	public List<@Nullable Object> arguments() {
		int count = method().argumentNames().size();
		List<@Nullable Object> values = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			values.add(method().argument(this.args, i));
		}
		return Collections.unmodifiableList(values);
	}

	private void fail(Throwable failure) {
		if (!this.outcome.completeExceptionally(failure)) {
			logger.warn("Handler of {} failed after it had completed", method(), failure);
		}
	}

	/**
	 * Tell interceptors that the call was answered without the handler.
	 */
	void timeOut() {
		this.outcome.completeExceptionally(new TimeoutException(method() + " has not completed a call in time"));
	}

	@Override
	public String toString() {
		return method().toString();
	}

	/**
	 * What an asynchronous handler calls.
	 */
	private final class Completion implements AsyncMethodCallback<Object> {

		@Override
		public void onComplete(@Nullable Object value) {
			if (!ServerInvocation.this.outcome.complete(value)) {
				logger.warn("Handler of {} completed a call twice", method());
			}
		}

		@Override
		public void onError(@Nullable Exception ex) {
			fail((ex != null) ? ex : new NullPointerException("onError(null)"));
		}

	}

}
