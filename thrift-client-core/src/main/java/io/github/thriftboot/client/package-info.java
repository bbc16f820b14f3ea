/**
 * Declaring Thrift clients, and what happens in a call of one: circuit breaker, channel,
 * fallback.
 */
@NullMarked
package io.github.thriftboot.client;

import org.jspecify.annotations.NullMarked;
