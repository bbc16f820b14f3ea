package io.github.thriftboot.client;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;

/**
 * Published to the application context when a circuit breaker of a client has changed its
 * state. Listeners run on the thread whose call changed it, which may be an event loop,
 * so they must not block; {@code @Async} helps.
 *
 * @param client the name of the client
 * @param breaker the name of the breaker: that of the client, {@code client.method} or
 * {@code client@host:port}
 * @param from the state before
 * @param to the new state
 */
public record CircuitBreakerStateChangedEvent(String client, String breaker, CircuitBreaker.State from,
		CircuitBreaker.State to) {
}
