package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.Objects;

import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.tls.ClientTls;
import org.jspecify.annotations.Nullable;

/**
 * The checked options of a channel, and what becomes of them for an instance.
 *
 * @param policy how calls are made that do not say it themselves
 * @param transport the transport, or {@code null} for what an instance tells
 * @param protocol the protocol, or {@code null} for what an instance tells
 * @param tls whether to speak TLS, or {@code null} for what an instance tells
 * @param tlsSettings how to speak TLS where it is spoken
 * @param multiplexed whether names carry the service
 * @param codec decodes replies
 * @param connections how connections are kept
 * @param emptyListGrace how long an empty list is not believed
 * @param balancing which instances calls go to
 * @param maxWaitingCalls the most calls that wait for an instance
 */
record ChannelOptions(CallPolicy policy, @Nullable ThriftTransport transport, @Nullable ThriftProtocol protocol,
		@Nullable Boolean tls, ClientTls tlsSettings, boolean multiplexed, MessageCodec codec,
		ConnectionSettings connections, Duration emptyListGrace, BalancingOptions balancing, int maxWaitingCalls) {

	ChannelOptions {
		positive("timeout", policy.timeout());
		positive("maxWaitingCalls", maxWaitingCalls);
		if (protocol != null && !protocol.isAllowedInHeader() && transport == ThriftTransport.HEADER) {
			throw new IllegalArgumentException(
					"protocol: " + protocol.key() + " (expected: binary or compact with transport header)");
		}
		if (emptyListGrace.isNegative()) {
			throw new IllegalArgumentException("emptyListGrace: " + emptyListGrace + " (expected: >= 0)");
		}
	}

	ChannelOptions(ThriftChannel.Builder builder) {
		this(CallPolicy.of(builder.timeout), builder.transport, builder.protocol, builder.tls, builder.tlsSettings,
				builder.multiplexed, builder.pool.codec(builder.limits.build()), builder.connections.build(),
				builder.emptyListGrace, builder.balancing.build(), builder.maxWaitingCalls);
	}

	private static void positive(String name, Duration value) {
		if (value.isZero() || value.isNegative()) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
		}
	}

	private static void positive(String name, int value) {
		if (value < 1) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
		}
	}

	/**
	 * Return what is in front of the names of methods.
	 * @param service the name of the service
	 * @return a text that may be empty
	 */
	String prefix(String service) {
		return this.multiplexed ? service + ":" : "";
	}

	/**
	 * Return how to reach an instance: by what is set here, else by what it tells.
	 * @param instance the instance
	 * @return the key of its endpoint
	 */
	Endpoint.Key key(ThriftInstance instance) {
		ThriftTransport instanceTransport = (instance.transport() != null) ? instance.transport()
				: ThriftTransport.HEADER;
		ThriftProtocol instanceProtocol = (instance.protocol() != null) ? instance.protocol() : ThriftProtocol.BINARY;
		return new Endpoint.Key(instance.host(), instance.port(),
				new ConnectionOptions(Objects.requireNonNullElse(this.transport, instanceTransport),
						Objects.requireNonNullElse(this.protocol, instanceProtocol), this.codec.limits(),
						this.connections,
						Objects.requireNonNullElse(this.tls, instance.ssl()) ? this.tlsSettings : null));
	}

}
