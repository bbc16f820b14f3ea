package io.github.thriftboot.client.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.CallBreaker;
import io.github.thriftboot.client.CircuitBreakerStateChangedEvent;
import io.github.thriftboot.client.InstanceBreaker;
import io.github.thriftboot.client.autoconfigure.ThriftCircuitBreakerProperties.Scope;
import io.github.thriftboot.netty.client.InstanceGuardFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * The circuit breakers of clients, made as {@link ThriftCircuitBreakerProperties} say:
 * one for a client, for each method or for each instance. One that the registry has
 * already is used as it is. Changes of state are logged and published. Thread-safe.
 */
final class ConfiguredBreakers {

	private static final Logger logger = LoggerFactory.getLogger(ConfiguredBreakers.class);

	private final ThriftClientProperties properties;

	private final CircuitBreakerRegistry registry;

	private final ApplicationEventPublisher events;

	/**
	 * By the name of the breaker, so that each is watched once. Those of instances that
	 * left are removed, unless they are not ours.
	 */
	private final Map<String, CallBreaker> ofCalls = new ConcurrentHashMap<>();

	private final Map<String, InstanceBreaker> ofInstances = new ConcurrentHashMap<>();

	/**
	 * Create breakers.
	 * @param properties the configuration of all clients
	 * @param registry has the breakers: that of the application if there is one
	 * @param events where changes of state are published
	 */
	ConfiguredBreakers(ThriftClientProperties properties, CircuitBreakerRegistry registry,
			ApplicationEventPublisher events) {
		this.properties = properties;
		this.registry = registry;
		this.events = events;
	}

	/**
	 * Return the breaker for the calls of a method.
	 * @param client the name of the client
	 * @param method the name of the method
	 * @return the breaker, {@code null} if there is none or it is the instances that have
	 * one
	 * @throws IllegalArgumentException if its configuration cannot work
	 */
	@Nullable CallBreaker forCalls(String client, String method) {
		Scope scope = scope(client);
		if (scope == null || scope == Scope.INSTANCE) {
			return null;
		}
		String name = (scope == Scope.METHOD) ? client + "." + method : client;
		return this.ofCalls.computeIfAbsent(name, (key) -> breaker(client, key));
	}

	/**
	 * Return what makes the breakers of instances.
	 * @param client the name of the client
	 * @return makes them, {@code null} if instances have none
	 * @throws IllegalArgumentException if their configuration cannot work
	 */
	@Nullable InstanceGuardFactory forInstances(String client) {
		if (scope(client) != Scope.INSTANCE) {
			return null;
		}
		// tried out now: whoever tells of an instance cannot do anything about it
		new CallBreaker(CircuitBreaker.of(client, config(client, client)), recordedExceptions(client));
		return (instance, listener) -> this.ofInstances
			.computeIfAbsent(client + "@" + instance.address(), (name) -> instanceBreaker(client, name))
			.listener(listener);
	}

	private @Nullable Scope scope(String client) {
		boolean enabled = this.properties.get(client, (own) -> own.getCircuitBreaker().getEnabled());
		return enabled ? this.properties.get(client, (own) -> own.getCircuitBreaker().getScope()) : null;
	}

	private InstanceBreaker instanceBreaker(String client, String name) {
		boolean ours = this.registry.find(name).isEmpty();
		return new InstanceBreaker(breaker(client, name), () -> {
			if (ours) {
				this.ofInstances.remove(name);
				this.registry.remove(name);
			}
		});
	}

	private CallBreaker breaker(String client, String name) {
		CircuitBreaker breaker = this.registry.find(name)
			.orElseGet(() -> this.registry.circuitBreaker(name, config(client, name)));
		CallBreaker calls = new CallBreaker(breaker, recordedExceptions(client));
		breaker.getEventPublisher()
			.onStateTransition((event) -> stateChanged(client, name, event.getStateTransition().getFromState(),
					event.getStateTransition().getToState()));
		return calls;
	}

	private List<Class<?>> recordedExceptions(String client) {
		List<Class<?>> types = this.properties.find(client, (own) -> own.getCircuitBreaker().getRecordExceptions());
		return (types != null) ? types : List.of();
	}

	private void stateChanged(String client, String name, State from, State to) {
		if (to == State.OPEN || to == State.FORCED_OPEN) {
			logger.warn("Circuit breaker '{}' {} -> {}", name, from, to);
		}
		else {
			logger.info("Circuit breaker '{}' {} -> {}", name, from, to);
		}
		try {
			this.events.publishEvent(new CircuitBreakerStateChangedEvent(client, name, from, to));
		}
		catch (RuntimeException ex) {
			// the call that has changed the state has nothing to do with it
			logger.warn("A listener of circuit breaker '{}' has failed, or the context is closed", name, ex);
		}
	}

	/**
	 * Configure a new breaker: as resilience4j is configured for its name, for the client
	 * or by default, except for the properties that are set.
	 */
	private CircuitBreakerConfig config(String client, String name) {
		CircuitBreakerConfig base = this.registry.getConfiguration(name)
			.or(() -> this.registry.find(client).map(CircuitBreaker::getCircuitBreakerConfig))
			.or(() -> this.registry.getConfiguration(client))
			.orElseGet(this.registry::getDefaultConfig);
		CircuitBreakerConfig.Builder builder = CircuitBreakerConfig.from(base);
		apply(client, ThriftCircuitBreakerProperties::getFailureRateThreshold, builder::failureRateThreshold);
		apply(client, ThriftCircuitBreakerProperties::getSlowCallRateThreshold, builder::slowCallRateThreshold);
		apply(client, ThriftCircuitBreakerProperties::getSlowCallDurationThreshold, builder::slowCallDurationThreshold);
		apply(client, ThriftCircuitBreakerProperties::getSlidingWindowType, builder::slidingWindowType);
		apply(client, ThriftCircuitBreakerProperties::getSlidingWindowSize, builder::slidingWindowSize);
		apply(client, ThriftCircuitBreakerProperties::getMinimumNumberOfCalls, builder::minimumNumberOfCalls);
		apply(client, ThriftCircuitBreakerProperties::getWaitDurationInOpenState, builder::waitDurationInOpenState);
		apply(client, ThriftCircuitBreakerProperties::getPermittedNumberOfCallsInHalfOpenState,
				builder::permittedNumberOfCallsInHalfOpenState);
		return builder.build();
	}

	private <T> void apply(String client, Function<ThriftCircuitBreakerProperties, @Nullable T> key,
			Consumer<T> target) {
		T value = this.properties.find(client, (own) -> key.apply(own.getCircuitBreaker()));
		if (value != null) {
			target.accept(value);
		}
	}

}
