package io.github.thriftboot.client;

import io.github.thriftboot.netty.client.CallPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How the calls of one method are made. Read once, when a client is made.
 *
 * @param policy how the channel makes them
 * @param breaker the circuit breaker, or {@code null} for none, or for one an instance
 * @param limit bounds the calls in flight, or {@code null} for no limit
 * @param fallback when the fallback answers
 * @param fallbackOnApplicationError whether it also answers when the service answered
 * with an error
 */
public record MethodOptions(CallPolicy policy, @Nullable CallBreaker breaker, @Nullable CallLimit limit,
		FallbackMode fallback, boolean fallbackOnApplicationError) {
}
