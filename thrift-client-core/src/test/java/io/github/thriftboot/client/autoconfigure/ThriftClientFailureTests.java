package io.github.thriftboot.client.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application tells that cannot start because of its clients.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThriftClientFailureTests {

	@Test
	void addressWithoutPort(CapturedOutput output, @TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("clients.yaml"), """
				thrift:
				  client:
				    service:
				      EchoService:
				        addresses: [ "host1:9090", "host2" ]
				""");
		assertFailure(output, EchoClients.class, new String[] { "--spring.config.location=" + file.toUri() },
				"Invalid value 'host2' for configuration property 'thrift.client.service.EchoService.addresses[1]'",
				"clients.yaml] - 5:", "written host:port", "'localhost:9090'", "'[::1]:9090'");
	}

	@Test
	void unixSocketWithoutAbsolutePath(CapturedOutput output) {
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.service.EchoService.addresses=unix:run/app.sock" },
				"Invalid value 'unix:run/app.sock'", "'thrift.client.service.EchoService.addresses[0]'",
				"an absolute path of at most 102 bytes", "'unix:/run/app/thrift.sock'");
	}

	@Test
	void clientWithoutInstances(CapturedOutput output) {
		assertFailure(output, EchoClients.class, new String[0],
				"Thrift client 'EchoService' does not know where service EchoService is",
				"Set 'thrift.client.service.EchoService.addresses'", "thrift-client-eureka-starter");
	}

	@Test
	void cacheThatIsNeverUsed(CapturedOutput output, @TempDir Path directory) {
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.registry-cache.file=" + directory.resolve("file"),
						"--thrift.client.registry-cache.max-age=0s" },
				"'thrift.client.registry-cache.max-age'", "must be more than 0, such as '1d'");
	}

	@Test
	void cacheWithoutAName(CapturedOutput output) {
		assertFailure(output, EchoClients.class, new String[] { "--thrift.client.registry-cache.file=" },
				"'thrift.client.registry-cache.file'", "needs a name");
	}

	@Test
	void typeWithoutService(CapturedOutput output) {
		assertFailure(output, NoService.class, new String[0], "Thrift client java.lang.Runnable has no Thrift service.",
				"Iface");
	}

	@Test
	void finalClientClass(CapturedOutput output) {
		assertFailure(output, Final.class, new String[0], FinalClient.class.getName() + " is final",
				"neither final nor sealed");
	}

	@Test
	void twoClientsOfOneName(CapturedOutput output) {
		assertFailure(
				output, SameName.class, new String[0], "Two Thrift clients are named 'echoSERVICE': "
						+ EchoService.Iface.class.getName() + " and " + SameNameClient.class.getName(),
				"@ThriftClient(name = ...)");
	}

	@Test
	void methodThatTheServiceHasNot(CapturedOutput output) {
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.service.echoservice.method.whoAreYou.timeout=1s",
						"--thrift.client.addresses=localhost:1" },
				"Property 'thrift.client.service.echoservice.method.whoAreYou' names no method of Thrift client "
						+ "'EchoService'.",
				"whoAmI");
	}

	@Test
	void valuesOutOfRange(CapturedOutput output) {
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1", "--thrift.client.connections.max=0" },
				"Thrift client 'EchoService' cannot be configured: maxConnections: 0 (expected: 1 to 1000)",
				"'thrift.client.service.EchoService'");
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1", "--thrift.client.max-frame-size=3GB" },
				"Thrift client 'EchoService' cannot be configured: maxFrameSize: 3221225472 (expected: ");
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1",
						"--thrift.client.service.EchoService.max-recursion-depth=1001" },
				"Thrift client 'EchoService' cannot be configured: maxRecursionDepth: 1001 (expected: 1 to 1000)",
				"'thrift.client.service.EchoService'");
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1",
						"--thrift.client.circuit-breaker.failure-rate-threshold=0" },
				"cannot be configured: failureRateThreshold must be");
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1", "--thrift.client.max-waiting-calls=0" },
				"Thrift client 'EchoService' cannot be configured: maxWaitingCalls: 0 (expected: >= 1)");
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1",
						"--thrift.client.service.EchoService.method.add.retry.per-try-timeout=-1ms" },
				"Thrift client 'EchoService' cannot be configured: method add: perTryTimeout: PT-0.001S (expected: > 0)");
	}

	@Test
	void forkingOfAMethodThatIsNotIdempotent(CapturedOutput output) {
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1",
						"--thrift.client.service.EchoService.method.add.cluster=forking" },
				"Thrift client 'EchoService' cannot be configured: method add: cluster: forking (expected: another "
						+ "one for a method that is not idempotent)",
				"'thrift.client.service.EchoService'");
	}

	@Test
	void unknownClusterMode(CapturedOutput output) {
		assertFailure(output, EchoClients.class, new String[] { "--thrift.client.cluster=mergeable" },
				"Property: thrift.client.cluster", "BROADCAST", "FAILSAFE");
	}

	@Test
	void guardsOutOfRange(CapturedOutput output) {
		String address = "--thrift.client.addresses=localhost:1";
		assertFailure(output, EchoClients.class, new String[] { address, "--thrift.client.actives=-1" },
				": actives: -1 (expected: >= 0)");
		assertFailure(output, EchoClients.class,
				new String[] { address, "--thrift.client.service.EchoService.method.add.actives=5",
						"--thrift.client.service.EchoService.method.add.actives-queue=0" },
				"cannot be configured: method add: actives-queue: 0 (expected: >= 1)");
		assertFailure(output, EchoClients.class,
				new String[] { address, "--thrift.client.circuit-breaker.record-exceptions=java.io.IOException" },
				"cannot be configured: circuit-breaker.record-exceptions: java.io.IOException (expected: exceptions "
						+ "that the IDL declares");
		assertFailure(output, EchoClients.class,
				new String[] { address, "--thrift.client.circuit-breaker.record-exceptions=no.such.Type" },
				"thrift.client.circuit-breaker.record-exceptions", "no.such.Type");
		assertFailure(output, EchoClients.class,
				new String[] { address, "--thrift.client.circuit-breaker.scope=instance",
						"--thrift.client.circuit-breaker.failure-rate-threshold=-5" },
				"cannot be configured: failureRateThreshold must be");
	}

	@Test
	void forcedFallbackThatIsNot(CapturedOutput output) {
		assertFailure(output, EchoClients.class,
				new String[] { "--thrift.client.addresses=localhost:1",
						"--thrift.client.service.EchoService.method.whoAmI.fallback=force" },
				"Thrift client 'EchoService'",
				"is to be answered by its fallback alone ('fallback: force'), but has none for [whoAmI]",
				"Give it a fallback, or remove 'fallback: force'");
	}

	@Test
	void applicationInSourceThatKnowsNone(CapturedOutput output) {
		assertFailure(output, OwnSource.class, new String[] { "--thrift.client.application=users" },
				"Thrift client 'EchoService' is to call application 'users', but", "knows no applications");
	}

	@Test
	void unknownTransport(CapturedOutput output) {
		assertFailure(output, EchoClients.class, new String[] { "--thrift.client.transport=http" },
				"Property: thrift.client.transport", "FRAMED", "HEADER");
	}

	private static void assertFailure(CapturedOutput output, Class<?> configuration, String[] arguments,
			String... texts) {
		assertThatException().isThrownBy(() -> new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.run(arguments));
		assertThat(output.getOut() + output.getErr()).contains("APPLICATION FAILED TO START").contains(texts);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ThriftClientAutoConfiguration.class)
	@ImportThriftClients(EchoService.Iface.class)
	static class EchoClients {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ThriftClientAutoConfiguration.class)
	@ImportThriftClients(Runnable.class)
	static class NoService {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ThriftClientAutoConfiguration.class)
	@ImportThriftClients(FinalClient.class)
	static class Final {

	}

	@ThriftClient
	static final class FinalClient implements BaseService.Iface {

		@Override
		public String whoAmI() {
			return "own";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ThriftClientAutoConfiguration.class)
	@ImportThriftClients({ EchoService.Iface.class, SameNameClient.class })
	static class SameName {

	}

	@ThriftClient(name = "echoSERVICE")
	interface SameNameClient extends EchoService.Iface {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSource extends EchoClients {

		@Bean
		InstanceSource source() {
			return InstanceSource.of(List.of());
		}

	}

}
