package io.github.thriftboot.netty.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.thriftboot.netty.client.ThriftChannel.Builder;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.tls.ClientTls;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ChannelOptions}.
 */
class ChannelOptionsTests {

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@MethodSource("wrongValues")
	void valueOutOfRangeIsRefusedByNameAndValue(UnaryOperator<Builder> change, String message) {
		Builder builder = change.apply(builder());

		assertThatIllegalArgumentException().isThrownBy(builder::build)
			.withMessageStartingWith(message + " (expected: ");
	}

	static Stream<Arguments> wrongValues() {
		return Stream.of(wrong((builder) -> builder.timeout(Duration.ZERO), "timeout: PT0S"),
				wrong((builder) -> builder.timeout(Duration.ofMillis(-1)), "timeout: PT-0.001S"),
				wrong((builder) -> builder.connectTimeout(Duration.ZERO), "connectTimeout: PT0S"),
				wrong((builder) -> builder.maxConnections(0), "maxConnections: 0"),
				wrong((builder) -> builder.pipelining(-1), "pipelining: -1"),
				wrong((builder) -> builder.maxWaitingCalls(0), "maxWaitingCalls: 0"),
				wrong((builder) -> builder.maxFrameSize(0), "maxFrameSize: 0"),
				wrong((builder) -> builder.limits((limits) -> limits.maxHeaders(7)), "maxHeaders: 7"),
				wrong((builder) -> builder.emptyListGrace(Duration.ofSeconds(-1)), "emptyListGrace: PT-1S"),
				wrong((builder) -> builder.balancing((balancing) -> balancing.warmUp(Duration.ofSeconds(-1))),
						"warmUp: PT-1S"),
				wrong((builder) -> builder.balancing((balancing) -> balancing.zoneThreshold(-1)), "zoneThreshold: -1"),
				wrong((builder) -> builder.balancing((balancing) -> balancing.zoneThreshold(101)),
						"zoneThreshold: 101"));
	}

	private static Arguments wrong(UnaryOperator<Builder> change, String message) {
		return Arguments.of(change, message);
	}

	@Test
	void instanceIsReachedAsSetElseAsItTellsElseWithHeaderAndBinary() {
		ThriftInstance silent = ThriftInstance.of("host", 1);
		ThriftInstance telling = new ThriftInstance("host", 1, 1, ThriftTransport.FRAMED, ThriftProtocol.COMPACT, 0,
				Map.of());
		ChannelOptions open = new ChannelOptions(builder());
		ChannelOptions fixed = new ChannelOptions(
				builder().transport(ThriftTransport.HEADER).protocol(ThriftProtocol.BINARY));

		assertThat(open.key(silent).options()).extracting(ConnectionOptions::transport, ConnectionOptions::protocol)
			.containsExactly(ThriftTransport.HEADER, ThriftProtocol.BINARY);
		assertThat(open.key(telling).options()).extracting(ConnectionOptions::transport, ConnectionOptions::protocol)
			.containsExactly(ThriftTransport.FRAMED, ThriftProtocol.COMPACT);
		assertThat(fixed.key(telling)).isEqualTo(open.key(silent));
	}

	@Test
	void tlsIsSpokenAsSetElseAsTheInstanceTellsElseNot() {
		ThriftInstance silent = ThriftInstance.of("host", 1);
		ThriftInstance secure = new ThriftInstance("host", 1, 1, null, null, 0, Map.of("thrift-ssl", "true"));
		ClientTls own = new ClientTls(ClientTls.DEFAULT.context(), false);
		ChannelOptions open = new ChannelOptions(builder().tlsSettings(own));

		assertThat(open.key(silent).options().tls()).isNull();
		assertThat(open.key(secure).options().tls()).isSameAs(own);
		assertThat(new ChannelOptions(builder()).key(secure).options().tls()).isSameAs(ClientTls.DEFAULT);
		assertThat(new ChannelOptions(builder().tls(true).tlsSettings(own)).key(silent)).isEqualTo(open.key(secure));
		assertThat(new ChannelOptions(builder().tls(false).tlsSettings(own)).key(secure)).isEqualTo(open.key(silent));
	}

	@Test
	void limitsThatDifferHaveDifferentKeys() {
		ThriftInstance instance = ThriftInstance.of("host", 1);
		ChannelOptions options = new ChannelOptions(builder().limits((limits) -> limits.maxRecursionDepth(10)));

		assertThat(options.key(instance)).isNotEqualTo(new ChannelOptions(builder()).key(instance))
			.isEqualTo(new ChannelOptions(
					builder().limits((limits) -> limits.maxRecursionDepth(10)).maxFrameSize(16_384_000))
				.key(instance));
	}

	@Test
	void addressesThatDifferHaveDifferentKeys() {
		ChannelOptions options = new ChannelOptions(builder());

		assertThat(options.key(ThriftInstance.of("10.0.0.1", 9031)))
			.isNotEqualTo(options.key(ThriftInstance.of("10.0.0.2", 9000)))
			.isEqualTo(options.key(new ThriftInstance("10.0.0.1", 9031, 5, null, null, 99, Map.of("zone", "b"))));
	}

	private Builder builder() {
		return ThriftChannel.builder(this.runtime.pool(), "EchoService", InstanceSource.of(List.of()));
	}

}
