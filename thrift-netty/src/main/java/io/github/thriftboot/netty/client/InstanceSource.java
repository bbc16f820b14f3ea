package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.function.Consumer;

/**
 * Tells which instances a service has: a registry, or a fixed list. Implementations are
 * thread-safe.
 */
@FunctionalInterface
public interface InstanceSource {

	/**
	 * Follow the instances of a service. The listener is called at once, on this thread,
	 * if a list is known, and after every change, from any thread but never from two at
	 * once. A refresh that failed calls nobody, so the last good list stays in use.
	 * @param service the name of the service
	 * @param listener gets the complete list, which may be empty
	 * @return ends the subscription when closed
	 */
	Subscription subscribe(String service, Consumer<List<ThriftInstance>> listener);

	/**
	 * Make a source that tells the same list for every service, for ever.
	 * @param instances the list
	 * @return the source
	 */
	static InstanceSource of(List<ThriftInstance> instances) {
		List<ThriftInstance> copy = List.copyOf(instances);
		return (service, listener) -> {
			listener.accept(copy);
			return () -> {
				// nothing will come
			};
		};
	}

	/**
	 * A subscription to the instances of a service.
	 */
	@FunctionalInterface
	interface Subscription extends AutoCloseable {

		/**
		 * End the subscription. A list that is just being told may still arrive.
		 */
		@Override
		void close();

	}

}
