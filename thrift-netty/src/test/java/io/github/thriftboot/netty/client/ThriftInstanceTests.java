package io.github.thriftboot.netty.client;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ThriftInstance}.
 */
class ThriftInstanceTests {

	@Test
	void addressAloneIsEnough() {
		ThriftInstance instance = ThriftInstance.of("host", 9090);

		assertThat(instance).isEqualTo(new ThriftInstance("host", 9090, 100, null, null, 0, Map.of()));
		assertThat(instance.address()).isEqualTo("host:9090");
	}

	@Test
	void registrationTellsTheRest() {
		Map<String, String> metadata = Map.of("thrift-port", "9031", "thrift-weight", "5", "thrift-transport", "framed",
				"thrift-protocol", "compact", "thrift-started", "77", "zone", "a");

		assertThat(ThriftInstance.of("host", metadata)).isEqualTo(
				new ThriftInstance("host", 9031, 5, ThriftTransport.FRAMED, ThriftProtocol.COMPACT, 77, metadata));
		assertThat(ThriftInstance.of("host", Map.of("zone", "a"))).isNull();
	}

	@Test
	void laterChangesOfTheMetadataDoNotMatter() {
		Map<String, String> metadata = new HashMap<>(Map.of("thrift-port", "9031"));
		ThriftInstance instance = ThriftInstance.of("host", metadata);

		metadata.put("thrift-port", "1");

		assertThat(instance.metadata()).containsOnly(Map.entry("thrift-port", "9031"));
	}

	@ParameterizedTest
	@CsvSource({ "eu-1,eu-1", "' eu-1 ',eu-1", "'',", "' ',", "," })
	void zoneIsThatOfTheMetadata(String text, String zone) {
		Map<String, String> metadata = (text != null) ? Map.of("zone", text) : Map.of();

		assertThat(new ThriftInstance("host", 1, 1, null, null, 0, metadata).zone()).isEqualTo(zone);
	}

	@ParameterizedTest
	@ValueSource(ints = { Integer.MIN_VALUE, -1, 0, 65536 })
	void portOutOfRangeIsRefused(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftInstance.of("host", port))
			.withMessage("port: " + port + " (expected: 1 to 65535)");
	}

	@Test
	void unixSocketIsAnAddressWithoutAPort() {
		ThriftInstance instance = ThriftInstance.ofUnixSocket(Path.of("/run/app/s"));

		assertThat(instance.address()).isEqualTo("unix:/run/app/s");
		assertThat(instance.unixSocket()).isEqualTo(Path.of("/run/app/s"));
		assertThat(instance).isEqualTo(new ThriftInstance("unix:/run/app/s", 0, 100, null, null, 0, Map.of()));
		assertThat(ThriftInstance.of("host", 9090).unixSocket()).isNull();
	}

	@Test
	void registryCannotLeadToAUnixSocket() {
		assertThat(ThriftInstance.of("unix:/run/app/s", Map.of("thrift-port", "0"))).isNull();
		ThriftInstance instance = ThriftInstance.of("unix:/run/app/s", Map.of("thrift-port", "9090"));
		assertThat(instance.unixSocket()).as("a host that nobody can resolve").isNull();
		assertThat(instance.address()).isEqualTo("unix:/run/app/s:9090");
	}

	@ParameterizedTest
	@ValueSource(strings = { "unix:", "unix:run/s", "unix:." })
	void unixSocketWithoutAbsolutePathIsRefused(String host) {
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftInstance.of(host, 0))
			.withMessage("unixSocket: '" + host.substring(5) + "' (expected: an absolute path)");
	}

	@Test
	void emptyHostAndNegativeWeightAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftInstance.of("", 9090))
			.withMessageContaining("host");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ThriftInstance("host", 1, -1, null, null, 0, Map.of()))
			.withMessageContaining("weight: -1");
	}

}
