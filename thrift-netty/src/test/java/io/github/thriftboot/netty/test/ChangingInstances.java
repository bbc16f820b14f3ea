package io.github.thriftboot.netty.test;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;

/**
 * Instances that a test changes. Tells one channel.
 */
public final class ChangingInstances implements InstanceSource {

	private List<ThriftInstance> instances;

	private Consumer<List<ThriftInstance>> listener;

	/**
	 * Create a source.
	 * @param ports where the instances are at first
	 */
	public ChangingInstances(int... ports) {
		set(ports);
	}

	/**
	 * Change the list.
	 * @param ports where the instances are from now on
	 */
	public void set(int... ports) {
		set(Arrays.stream(ports).mapToObj(TestRuntime::instance).toList());
	}

	/**
	 * Change the list.
	 * @param newInstances the instances from now on
	 */
	public synchronized void set(List<ThriftInstance> newInstances) {
		this.instances = newInstances;
		if (this.listener != null) {
			this.listener.accept(newInstances);
		}
	}

	@Override
	public synchronized Subscription subscribe(String service, Consumer<List<ThriftInstance>> newListener) {
		this.listener = newListener;
		newListener.accept(this.instances);
		return this::unsubscribe;
	}

	private synchronized void unsubscribe() {
		this.listener = null;
	}

}
