package io.github.thriftboot.netty.client;

/**
 * Makes the guards of the instances of a channel.
 */
@FunctionalInterface
public interface InstanceGuardFactory {

	/**
	 * Make a guard. Called under a lock, so it must neither block nor make calls.
	 * @param instance the instance
	 * @param listener to be run, not within this method, when
	 * {@link InstanceGuard#nanosLeftOut()} has changed for another reason than time
	 * @return the guard
	 */
	InstanceGuard guard(ThriftInstance instance, Runnable listener);

}
