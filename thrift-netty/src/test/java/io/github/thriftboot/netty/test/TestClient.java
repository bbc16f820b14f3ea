package io.github.thriftboot.netty.test;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.apache.thrift.TException;

/**
 * Calls methods of a channel by name.
 */
public final class TestClient {

	private final ThriftServiceDescriptor service;

	private final ThriftChannel channel;

	TestClient(ThriftServiceDescriptor service, ThriftChannel channel) {
		this.service = service;
		this.channel = channel;
	}

	public ThriftChannel channel() {
		return this.channel;
	}

	/**
	 * Call and wait, with the timeout of the channel.
	 * @param <T> the type of the value
	 * @param method the name of the method
	 * @param arguments its arguments
	 * @return the value
	 * @throws TException what the call threw
	 */
	@SuppressWarnings("unchecked")
	public <T> T call(String method, Object... arguments) throws TException {
		ThriftMethod found = this.service.method(method);
		return (T) this.channel.call(found, found.args(arguments));
	}

	/**
	 * Call and wait.
	 * @param <T> the type of the value
	 * @param timeout how long
	 * @param method the name of the method
	 * @param arguments its arguments
	 * @return the value
	 * @throws TException what the call threw
	 */
	@SuppressWarnings("unchecked")
	public <T> T call(Duration timeout, String method, Object... arguments) throws TException {
		return call(CallPolicy.of(timeout), method, arguments);
	}

	/**
	 * Call and wait.
	 * @param <T> the type of the value
	 * @param policy how to call
	 * @param method the name of the method
	 * @param arguments its arguments
	 * @return the value
	 * @throws TException what the call threw
	 */
	@SuppressWarnings("unchecked")
	public <T> T call(CallPolicy policy, String method, Object... arguments) throws TException {
		ThriftMethod found = this.service.method(method);
		return (T) this.channel.call(found, found.args(arguments), policy);
	}

	/**
	 * Call without waiting, with the timeout of the channel.
	 * @param method the name of the method
	 * @param arguments its arguments
	 * @return the value to come
	 */
	public CompletableFuture<Object> callAsync(String method, Object... arguments) {
		ThriftMethod found = this.service.method(method);
		return this.channel.callAsync(found, found.args(arguments));
	}

	/**
	 * Call without waiting.
	 * @param timeout how long the call may take
	 * @param method the name of the method
	 * @param arguments its arguments
	 * @return the value to come
	 */
	public CompletableFuture<Object> callAsync(Duration timeout, String method, Object... arguments) {
		return callAsync(CallPolicy.of(timeout), method, arguments);
	}

	/**
	 * Call without waiting.
	 * @param policy how to call
	 * @param method the name of the method
	 * @param arguments its arguments
	 * @return the value to come
	 */
	public CompletableFuture<Object> callAsync(CallPolicy policy, String method, Object... arguments) {
		ThriftMethod found = this.service.method(method);
		return this.channel.callAsync(found, found.args(arguments), policy);
	}

	/**
	 * Make a client of the generated interface.
	 * @param <T> the interface
	 * @param iface the interface
	 * @return the client
	 */
	public <T> T as(Class<T> iface) {
		return iface.cast(Proxy.newProxyInstance(iface.getClassLoader(), new Class<?>[] { iface },
				(proxy, method, arguments) -> call(method.getName(), (arguments != null) ? arguments : new Object[0])));
	}

}
