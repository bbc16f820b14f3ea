package io.github.thriftboot.client;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.thriftboot.client.ThriftClientInterceptor.Chain;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import org.jspecify.annotations.Nullable;

/**
 * A call as {@linkplain ThriftClientInterceptor interceptors} see it. Thread-safe.
 */
public final class ClientInvocation {

	private final String client;

	private final GuardedMethod method;

	private final @Nullable Object[] arguments;

	/**
	 * The thread that waits for the outcome, {@code null} if none does.
	 */
	private final @Nullable Thread caller;

	private final CallHeaders headers = CallHeaders.inherit();

	private final CallSurroundings surroundings = new CallSurroundings(this.headers, ThriftContext.current());

	/**
	 * The call that goes on without a thread that waits.
	 */
	private @Nullable CompletableFuture<@Nullable Object> underWay;

	private boolean givenUp;

	private volatile @Nullable Throwable failure;

	/**
	 * Begin a call in the surroundings of this thread.
	 * @param client the name of the client
	 * @param method makes the call
	 * @param arguments the Java arguments; further ones are ignored
	 * @param caller the thread that waits for the outcome, {@code null} if none does
	 */
	ClientInvocation(String client, GuardedMethod method, @Nullable Object[] arguments, @Nullable Thread caller) {
		this.client = client;
		this.method = method;
		this.arguments = arguments;
		this.caller = caller;
	}

	/**
	 * Put interceptors one around the other, the call inside.
	 * @param interceptors the interceptors, the outermost first
	 * @return what to call
	 */
	static Chain chain(List<ThriftClientInterceptor> interceptors) {
		Chain chain = ClientInvocation::proceed;
		for (int i = interceptors.size() - 1; i >= 0; i--) {
			ThriftClientInterceptor interceptor = interceptors.get(i);
			Chain next = chain;
			chain = (call) -> call.intercept(interceptor, next);
		}
		return chain;
	}

	@SuppressWarnings("ConstantValue") // an implementation may be compiled without
										// NullAway
	private CompletionStage<@Nullable Object> intercept(ThriftClientInterceptor interceptor, Chain next) {
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

	/**
	 * Make the call, in the surroundings in which it began.
	 */
	private CompletionStage<@Nullable Object> proceed() {
		try {
			if (this.caller == Thread.currentThread()) {
				return CompletableFuture
					.completedFuture(this.surroundings.call(() -> this.method.call(this.arguments)));
			}
			return goOn(this.surroundings.call(() -> this.method.callAsync(this.arguments)));
		}
		catch (Throwable ex) {
			this.failure = ex;
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletionStage<@Nullable Object> goOn(CompletableFuture<@Nullable Object> call) {
		boolean unwanted;
		synchronized (this) {
			this.underWay = call;
			unwanted = this.givenUp;
		}
		if (unwanted) {
			call.cancel(false);
		}
		return call.whenComplete((value, ex) -> {
			if (ex != null) {
				this.failure = InterceptionException.cause(ex);
			}
		});
	}

	/**
	 * Give the call up, because nobody waits for its outcome any more; does nothing if it
	 * is over.
	 */
	void giveUp() {
		CompletableFuture<@Nullable Object> call;
		synchronized (this) {
			this.givenUp = true;
			call = this.underWay;
		}
		if (call != null) {
			call.cancel(false);
		}
	}

	/**
	 * Whether the call itself has failed like this, instead of an interceptor.
	 * @param other the failure
	 * @return {@code true} if a fallback may answer
	 */
	boolean hasFailedWith(Throwable other) {
		return this.failure == other;
	}

	/**
	 * Return the client that is called.
	 * @return its name, which is its key in the configuration
	 */
	public String client() {
		return this.client;
	}

	/**
	 * Return the name of the service.
	 * @return the name on the wire and in the registry
	 */
	public String service() {
		return this.method.service();
	}

	/**
	 * Return the method.
	 * @return the method as the IDL has it
	 */
	public ThriftMethod method() {
		return this.method.method();
	}

	/**
	 * Return the arguments.
	 * @return the values in the order of the IDL; not modifiable
	 */
	public List<@Nullable Object> arguments() {
		return Collections.unmodifiableList(Arrays.asList(this.arguments).subList(0, method().argumentNames().size()));
	}

	/**
	 * Send a header with the call, in dialects that have headers.
	 * @param name the name
	 * @param value the value, in place of one that the caller sends under this name
	 * @return this call
	 * @throws IllegalArgumentException if that makes more headers than any client may
	 * send
	 */
	public ClientInvocation header(String name, String value) {
		this.headers.put(name, value);
		return this;
	}

	/**
	 * Return the headers that go with the call: those of the caller's
	 * {@link CallHeaders}, and those that interceptors have added.
	 * @return a copy
	 */
	public Map<String, String> headers() {
		return this.headers.request();
	}

	/**
	 * Return the headers of the reply.
	 * @return the headers, empty if there was no reply or it had none
	 */
	public Map<String, String> replyHeaders() {
		return this.headers.reply();
	}

	@Override
	public String toString() {
		return this.client + ": " + method();
	}

}
