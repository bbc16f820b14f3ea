package io.github.thriftboot.client.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients of a Unix socket, by their properties.
 */
class UnixSocketClientIntegrationTests {

	@TempDir
	private Path directory;

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(ClientConfiguration.class)
		.withBean(CircuitBreakerRegistry.class, () -> this.registry)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.load-balancer=round-robin",
				"thrift.client.circuit-breaker.scope=instance");

	private ThriftServer server;

	@BeforeEach
	void startServer() {
		this.server = ThriftServer.builder()
			.address(null)
			.unixSocket(this.directory.resolve("s"))
			.service("EchoService", TestRuntime.ECHO, new EchoHandler("unix"))
			.build();
		this.server.bind().join();
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.server.shutdown(Duration.ZERO).join();
	}

	private String address() {
		return "unix:" + this.directory.resolve("s");
	}

	@Test
	void clientCallsASocket() {
		this.runner.withPropertyValues("thrift.client.service.EchoService.addresses=" + address()).run((context) -> {
			assertThat(context.getBean(EchoService.Iface.class).whoAmI()).isEqualTo("unix");
			assertThat(this.registry.getAllCircuitBreakers()).extracting(CircuitBreaker::getName)
				.containsExactly("EchoService@" + address());
		});
	}

	@Test
	void socketAndPortShareTheCallsAndTheSocketMayGo() {
		try (EchoServer tcp = new EchoServer("tcp", 0)) {
			this.runner
				.withPropertyValues("thrift.client.service.EchoService.addresses=" + address() + "," + tcp.address())
				.run((context) -> {
					EchoService.Iface client = context.getBean(EchoService.Iface.class);
					Set<String> names = new HashSet<>();
					for (int i = 0; i < 4; i++) {
						names.add(client.whoAmI());
					}
					assertThat(names).containsExactlyInAnyOrder("unix", "tcp");
					stopServer();
					for (int i = 0; i < 20; i++) {
						assertThat(client.whoAmI()).isEqualTo("tcp");
					}
				});
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

	}

}
