package io.github.thriftboot.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.test.TestRuntime;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Makes clients without an application context: one channel to some ports of this host
 * behind one circuit breaker.
 */
final class EchoClients implements AutoCloseable {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final ConnectionPool pool = new ConnectionPool(1);

	private final InstanceSource source;

	private final ThriftClientFactory factory;

	private final List<GuardedChannel> channels = new ArrayList<>();

	private CircuitBreaker breaker = CircuitBreaker.of("EchoService",
			CircuitBreakerConfig.custom()
				.slidingWindowSize(10)
				.minimumNumberOfCalls(4)
				.failureRateThreshold(50)
				.permittedNumberOfCallsInHalfOpenState(1)
				.build());

	private Consumer<ThriftChannel.Builder> channelOptions = (builder) -> {
	};

	private List<Class<?>> recordedExceptions = List.of();

	private CallLimit limit;

	private FallbackMode fallback = FallbackMode.ON_FAILURE;

	private boolean fallbackOnApplicationError;

	private Duration timeout = Duration.ofSeconds(10);

	EchoClients(Integer... ports) {
		this.source = InstanceSource
			.of(List.of(ports).stream().map((port) -> ThriftInstance.of("localhost", port)).toList());
		this.factory = new ThriftClientFactory(this.beanFactory,
				(name, serviceName, descriptor) -> channel(serviceName));
	}

	private GuardedChannel channel(String service) {
		ThriftChannel.Builder builder = ThriftChannel.builder(this.pool, service, this.source);
		this.channelOptions.accept(builder);
		MethodOptions options = new MethodOptions(CallPolicy.of(this.timeout),
				new CallBreaker(this.breaker, this.recordedExceptions), this.limit, this.fallback,
				this.fallbackOnApplicationError);
		return new GuardedChannel(builder.build(), (method) -> options);
	}

	EchoClients fallbackOnApplicationError() {
		this.fallbackOnApplicationError = true;
		return this;
	}

	EchoClients forceFallback() {
		this.fallback = FallbackMode.FORCE;
		return this;
	}

	EchoClients limit(CallLimit newLimit) {
		this.limit = newLimit;
		return this;
	}

	EchoClients breaker(CircuitBreaker newBreaker) {
		this.breaker = newBreaker;
		return this;
	}

	EchoClients record(Class<?> exception) {
		this.recordedExceptions = List.of(exception);
		return this;
	}

	EchoClients channelOptions(Consumer<ThriftChannel.Builder> options) {
		this.channelOptions = options;
		return this;
	}

	EchoClients intercept(ThriftClientInterceptor interceptor) {
		this.beanFactory.registerSingleton("interceptor" + this.beanFactory.getSingletonCount(), interceptor);
		return this;
	}

	EchoClients timeout(Duration newTimeout) {
		this.timeout = newTimeout;
		return this;
	}

	<T> T create(Class<T> type) {
		return create(type, "EchoService");
	}

	<T> T create(Class<T> type, String name) {
		return this.factory.create(type, name);
	}

	/**
	 * Make what the proxies call, for a test that wants the futures.
	 */
	GuardedMethod method(String name) {
		GuardedChannel channel = channel("EchoService");
		this.channels.add(channel);
		return channel.method(TestRuntime.ECHO.method(name));
	}

	/**
	 * Let the bean factory make a client, as it does with declared ones.
	 */
	<T> T createBean(Class<T> type) {
		RootBeanDefinition definition = new RootBeanDefinition(ClientType.of(type).proxyClass());
		definition.getPropertyValues()
			.addPropertyValues(Map.of("callbacks", this.factory.callbacks(ClientDefinition.of(type))));
		this.beanFactory.registerBeanDefinition(type.getName(), definition);
		return this.beanFactory.getBean(type);
	}

	CircuitBreaker breaker() {
		return this.breaker;
	}

	@Override
	public void close() {
		this.factory.destroy();
		this.channels.forEach(GuardedChannel::close);
		this.pool.close();
	}

}
