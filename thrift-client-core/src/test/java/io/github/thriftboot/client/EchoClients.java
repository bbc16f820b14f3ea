package io.github.thriftboot.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.thriftboot.netty.client.CallPolicy;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Makes clients without an application context: one channel to some ports of this host
 * behind one circuit breaker.
 */
final class EchoClients implements AutoCloseable {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final ConnectionPool pool = new ConnectionPool(1);

	private final CircuitBreaker breaker = CircuitBreaker.of("EchoService",
			CircuitBreakerConfig.custom()
				.slidingWindowSize(10)
				.minimumNumberOfCalls(4)
				.failureRateThreshold(50)
				.permittedNumberOfCallsInHalfOpenState(1)
				.build());

	private final ThriftClientFactory factory;

	private boolean fallbackOnApplicationError;

	private Duration timeout = Duration.ofSeconds(10);

	EchoClients(Integer... ports) {
		InstanceSource source = InstanceSource
			.of(List.of(ports).stream().map((port) -> ThriftInstance.of("localhost", port)).toList());
		this.factory = new ThriftClientFactory(this.beanFactory,
				(name, serviceName, descriptor) -> new GuardedChannel(
						ThriftChannel.builder(this.pool, serviceName, source).build(), this.breaker,
						(method) -> CallPolicy.of(this.timeout), this.fallbackOnApplicationError));
	}

	EchoClients fallbackOnApplicationError() {
		this.fallbackOnApplicationError = true;
		return this;
	}

	EchoClients timeout(Duration timeout) {
		this.timeout = timeout;
		return this;
	}

	<T> T create(Class<T> type) {
		return this.factory.create(type, "EchoService");
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
		this.pool.close();
	}

}
