package io.github.thriftboot.benchmarks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Where a server runs its handlers.
 */
public enum HandlerMode {

	/**
	 * On the event loop. Handlers that take a while answer later, from another thread.
	 */
	INLINE,

	/**
	 * On a bounded pool.
	 */
	POOL,

	/**
	 * On a virtual thread for each call, from Java 21 on.
	 */
	VIRTUAL;

	/**
	 * How many calls may wait for a thread of a pool.
	 */
	public static final int QUEUE_CAPACITY = 100_000;

	private static final @Nullable MethodHandle NEW_VIRTUAL_EXECUTOR = findNewVirtualExecutor();

	private static @Nullable MethodHandle findNewVirtualExecutor() {
		try {
			return MethodHandles.publicLookup()
				.findStatic(Executors.class, "newVirtualThreadPerTaskExecutor",
						MethodType.methodType(ExecutorService.class));
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

	/**
	 * Whether this JVM has such threads.
	 * @return {@code false} for virtual threads before Java 21
	 */
	public boolean available() {
		return this != VIRTUAL || NEW_VIRTUAL_EXECUTOR != null;
	}

	/**
	 * Make an executor.
	 * @param load what the handlers do
	 * @return a new executor, to be shut down by the caller
	 * @throws IllegalStateException for {@link #INLINE}, and if not {@link #available()}
	 */
	public ExecutorService newExecutor(HandlerLoad load) {
		if (this == POOL) {
			return new ThreadPoolExecutor(load.threads(), load.threads(), 1, TimeUnit.MINUTES,
					new LinkedBlockingQueue<>(QUEUE_CAPACITY), new DaemonThreads("handler"));
		}
		if (this == VIRTUAL && NEW_VIRTUAL_EXECUTOR != null) {
			try {
				return (ExecutorService) NEW_VIRTUAL_EXECUTOR.invokeExact();
			}
			catch (Throwable ex) {
				throw new IllegalStateException("no executor of virtual threads", ex);
			}
		}
		throw new IllegalStateException(this + " has no executor");
	}

}
