package io.github.thriftboot.client.autoconfigure;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.thriftboot.netty.client.ThriftInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StaticAddressesTests {

	@Test
	void readsHostsAndPorts() {
		assertThat(StaticAddresses.parse("addresses",
				List.of("host1:9090", " 10.0.0.2:1 ", "[::1]:65535", "[fe80::1%eth0]:9090")))
			.containsExactly(ThriftInstance.of("host1", 9090), ThriftInstance.of("10.0.0.2", 1),
					ThriftInstance.of("::1", 65535), ThriftInstance.of("fe80::1%eth0", 9090));
	}

	@Test
	void readsUnixSocketsBesideThem() {
		assertThat(StaticAddresses.parse("addresses",
				List.of("unix:/run/app/s", "host1:9090", " unix:/a b:1 ", "unix:///run/s", "unix:9090")))
			.containsExactly(ThriftInstance.ofUnixSocket(Path.of("/run/app/s")), ThriftInstance.of("host1", 9090),
					ThriftInstance.ofUnixSocket(Path.of("/a b:1")), ThriftInstance.ofUnixSocket(Path.of("/run/s")),
					ThriftInstance.of("unix", 9090));
	}

	@ParameterizedTest
	@MethodSource("wrongUnixSockets")
	void refusesWhatIsNoPathOfAUnixSocket(String address) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> StaticAddresses.parse("thrift.client.addresses", List.of("host:1", address)))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("thrift.client.addresses[1]");
				assertThat(ex.getValue()).isEqualTo(address);
				assertThat(ex.getReason()).contains("absolute path", "at most 102 bytes",
						"'unix:/run/app/thrift.sock'");
			});
	}

	static Stream<String> wrongUnixSockets() {
		return Stream.of("unix:", "unix:run/s", "unix:./s", "unix:/" + "x".repeat(102), "unix:/a\0b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "host", "host:", ":9090", "host:0", "host:65536", "host:99999999", "host:-1", "host:http",
			"::1:9090", "[::1]", "[::1]9090", "[]:9090", "", "http://host:9090" })
	void refusesWhatIsNoAddress(String address) {
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> StaticAddresses.parse("thrift.client.addresses", List.of("host:1", address)))
			.satisfies((ex) -> {
				assertThat(ex.getName()).isEqualTo("thrift.client.addresses[1]");
				assertThat(ex.getValue()).isEqualTo(address);
				assertThat(ex.getReason()).contains("host:port", "[::1]:9090");
			});
	}

}
