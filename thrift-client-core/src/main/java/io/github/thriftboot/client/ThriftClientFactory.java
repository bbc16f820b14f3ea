package io.github.thriftboot.client;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cglib.proxy.Callback;
import org.springframework.cglib.proxy.Factory;
import org.springframework.cglib.proxy.MethodInterceptor;

/**
 * Makes clients. Those that are declared become beans by themselves; inject this factory
 * for clients that are not known when the application is compiled. All clients of one
 * name share a channel and a circuit breaker. Closes the channels with the application
 * context. Thread-safe.
 */
public final class ThriftClientFactory implements SmartInitializingSingleton, DisposableBean {

	private final ConfigurableListableBeanFactory beanFactory;

	private final ThriftClientConnector connector;

	private final Fallbacks fallbacks;

	private final Interceptors interceptors;

	/**
	 * By name in lower case, as configuration keys know no case.
	 */
	private final Map<String, Connected> channels = new ConcurrentHashMap<>();

	private volatile boolean started;

	private volatile boolean closed;

	/**
	 * Create a factory.
	 * @param beanFactory has the fallbacks and the interceptors
	 * @param connector opens the channels
	 */
	public ThriftClientFactory(ConfigurableListableBeanFactory beanFactory, ThriftClientConnector connector) {
		this.beanFactory = beanFactory;
		this.connector = connector;
		this.fallbacks = new Fallbacks(beanFactory);
		this.interceptors = new Interceptors(beanFactory);
	}

	/**
	 * Create a client.
	 * @param <T> the type of the client
	 * @param type a generated {@code Iface} or {@code AsyncIface}, or an interface that
	 * extends one, with or without {@link ThriftClient}
	 * @param name the name of the client: its key in the configuration and the name of
	 * its circuit breaker
	 * @return a new client, thread-safe, which works until the application context is
	 * closed
	 * @throws ThriftClientConfigurationException if the type cannot be a client, or its
	 * configuration or its fallback cannot work
	 * @throws IllegalStateException if the application context is closed
	 */
	public <T> T create(Class<T> type, String name) {
		ClientDefinition definition = ClientDefinition.of(type, name);
		if (definition.type().isOwnFallback()) {
			throw new ThriftClientConfigurationException(
					"Thrift client " + type.getName() + " is a class, of which the factory makes no clients.",
					"Let Spring make it by @ThriftClient or @ImportThriftClients, or use an interface.");
		}
		return type.cast(create(definition));
	}

	/**
	 * Create a client of an interface.
	 * @param definition the client
	 * @return a new client
	 */
	Object create(ClientDefinition definition) {
		Object proxy = definition.type().newProxy();
		((Factory) proxy).setCallbacks(callbacks(definition));
		return proxy;
	}

	/**
	 * Return the names of all clients.
	 * @return the names of the declared clients, and of those that were created, sorted
	 */
	public Set<String> names() {
		Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			if (this.beanFactory.getBeanDefinition(beanName)
				.getAttribute(ClientDefinition.ATTRIBUTE) instanceof ClientDefinition definition) {
				names.add(definition.name());
			}
		}
		this.channels.values().forEach((connected) -> names.add(connected.name));
		return names;
	}

	/**
	 * Connect a client: make the callbacks of its proxy.
	 * @param definition the client
	 * @return the callbacks
	 */
	Callback[] callbacks(ClientDefinition definition) {
		Connected connected = connected(definition);
		ClientType type = definition.type();
		List<MethodInterceptor> interceptors = new ArrayList<>();
		List<String> unanswered = new ArrayList<>();
		if (type.isOwnFallback()) {
			OwnFallback own = new OwnFallback();
			for (ClientMethod method : type.methods()) {
				interceptors
					.add(own.intercept(method, interceptor(connected, method, own.forMethod(method), unanswered)));
			}
		}
		else {
			Fallback fallback = this.fallbacks.find(definition);
			for (ClientMethod method : type.methods()) {
				interceptors.add(interceptor(connected, method, fallback(method, fallback), unanswered));
			}
			if (this.started) {
				this.fallbacks.makeAll();
			}
		}
		if (!unanswered.isEmpty()) {
			throw new ThriftClientConfigurationException(
					definition + " is to be answered by its fallback alone ('fallback: force'), but has none for "
							+ unanswered + ".",
					"Give it a fallback, or remove 'fallback: force' from 'thrift.client.service." + definition.name()
							+ "', from its method or from 'thrift.client'.");
		}
		return type.callbacks(definition.toString(), interceptors);
	}

	private Connected connected(ClientDefinition definition) {
		if (this.closed) {
			throw new IllegalStateException(definition + " cannot be made, the application context is closed");
		}
		Connected connected = this.channels.computeIfAbsent(definition.name().toLowerCase(Locale.ROOT),
				(key) -> connect(definition));
		if (!connected.channel.service().equals(definition.service())) {
			throw new ThriftClientConfigurationException(definition + " calls service " + definition.service()
					+ ", but another client of that name calls " + connected.channel.service() + ".",
					"Give one of them another name.");
		}
		return connected;
	}

	private Connected connect(ClientDefinition definition) {
		return new Connected(definition.name(),
				this.connector.connect(definition.name(), definition.service(), definition.type().service()));
	}

	/**
	 * A method's own default body is nearer than the fallback of the whole client.
	 */
	private static @Nullable MethodFallback fallback(ClientMethod method, @Nullable Fallback fallback) {
		MethodHandle body = method.body();
		if (body != null) {
			return (proxy, arguments, cause) -> (Object) body.invokeExact(proxy, arguments);
		}
		return (fallback != null) ? fallback.forMethod(method) : null;
	}

	/**
	 * Make what runs when a method is called, and note if nothing would answer it.
	 */
	private MethodInterceptor interceptor(Connected connected, ClientMethod method, @Nullable MethodFallback fallback,
			List<String> unanswered) {
		GuardedMethod guarded = connected.channel.method(method.method());
		MethodFallback answer = (fallback != null) ? fallback : guarded.failsafe(method);
		if (guarded.isForced() && answer == null) {
			unanswered.add(method.declared().getName());
		}
		MethodCaller caller = this.interceptors.around(connected.name, guarded);
		return switch (method.style()) {
			case SYNC -> new SyncMethodInterceptor(caller, answer);
			case CALLBACK -> new AsyncMethodInterceptor(caller, answer);
			case FUTURE -> new FutureMethodInterceptor(caller, answer);
		};
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.started = true;
		this.fallbacks.makeAll();
		this.interceptors.makeAll();
	}

	/**
	 * Close the channels of all clients.
	 */
	@Override
	public void destroy() {
		this.closed = true;
		this.channels.values().forEach((connected) -> connected.channel.close());
		this.channels.clear();
		this.fallbacks.destroy();
	}

	/**
	 * A channel with the name as its first client writes it.
	 *
	 * @param name the name of the client
	 * @param channel its channel
	 */
	private record Connected(String name, GuardedChannel channel) {
	}

}
