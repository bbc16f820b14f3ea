package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.netty.channel.ChannelFuture;
import org.jspecify.annotations.Nullable;

/**
 * The oneway calls of a connection, which are over when the operating system has taken
 * them. Confined to the connection's event loop.
 */
final class OnewayCalls {

	/**
	 * Calls of the present batch.
	 */
	private final List<ThriftCall> batch = new ArrayList<>();

	/**
	 * Calls that are written, but that the operating system has not taken.
	 */
	private final Set<ThriftCall> unsent = new HashSet<>();

	/**
	 * Add a call to the present batch.
	 * @param call the call
	 */
	void add(ThriftCall call) {
		this.batch.add(call);
	}

	/**
	 * Whether the present batch has no oneway call.
	 * @return {@code true} if there is nothing to follow
	 */
	boolean isEmpty() {
		return this.batch.isEmpty();
	}

	/**
	 * Whether the operating system has still to take some whose time is not over.
	 * @return {@code true} if a call is under way
	 */
	boolean isAnyUnsent() {
		for (ThriftCall call : this.unsent) {
			if (!call.isDone()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Follow the calls of the present batch, and begin with another one.
	 * @param written completes when the operating system has taken the batch
	 * @param taken gets each call then, with what has prevented it or {@code null}
	 * @param unfinished gets each call now if that is not yet so
	 */
	void follow(ChannelFuture written, BiConsumer<ThriftCall, @Nullable Throwable> taken,
			Consumer<ThriftCall> unfinished) {
		List<ThriftCall> calls = List.copyOf(this.batch);
		this.batch.clear();
		written.addListener((future) -> {
			calls.forEach(this.unsent::remove);
			calls.forEach((call) -> taken.accept(call, future.cause()));
		});
		if (!written.isDone()) {
			calls.forEach((call) -> {
				this.unsent.add(call);
				unfinished.accept(call);
			});
		}
	}

	/**
	 * Do something with each call that the operating system has not taken.
	 * @param consumer gets the calls
	 */
	void forEachUnsent(Consumer<ThriftCall> consumer) {
		this.unsent.forEach(consumer);
	}

}
