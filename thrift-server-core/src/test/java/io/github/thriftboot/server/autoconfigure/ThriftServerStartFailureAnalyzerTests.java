package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.server.ThriftServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ThriftServerStartFailureAnalyzer} and the failures that it explains.
 * Those of declarations have tests with {@link ThriftServiceDiscoverer}.
 */
class ThriftServerStartFailureAnalyzerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftServerAutoConfiguration.class))
		.withPropertyValues("thrift.server.port=0", "thrift.server.address=127.0.0.1");

	private static FailureAnalysis analyze(ApplicationContextRunner runner) {
		FailureAnalysis[] result = new FailureAnalysis[1];
		runner.run((context) -> {
			assertThat(context).hasFailed();
			result[0] = new ThriftServerStartFailureAnalyzer().analyze(context.getStartupFailure());
		});
		assertThat(result[0]).isNotNull();
		return result[0];
	}

	@Test
	void portInUseIsNamedAndNothingStaysOpen() throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			int port = other.getLocalPort();
			FailureAnalysis analysis = analyze(this.contextRunner.withUserConfiguration(EchoConfiguration.class)
				.withPropertyValues("thrift.server.port=" + port));
			assertThat(analysis.getDescription()).contains("port " + port, "'thrift.server.port'", "127.0.0.1",
					"already in use");
			assertThat(analysis.getAction()).contains("Stop the process", "'thrift.server.port'", "0 takes any");
			await().until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().startsWith("thrift-")));
		}
	}

	@Test
	void addressOfAnotherMachineIsNamed() {
		// reserved for documentation, RFC 5737
		FailureAnalysis analysis = analyze(this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.address=192.0.2.1"));
		assertThat(analysis.getDescription()).contains("192.0.2.1", "'thrift.server.address'");
		assertThat(analysis.getAction()).contains("an address of this machine");
	}

	@Test
	void unixSocketThatIsTakenIsNamedAndLeftAlone(@TempDir Path directory) throws Exception {
		Path path = directory.resolve("s");
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(UnixDomainSocketAddress.of(path));
			FailureAnalysis analysis = analyzeUnixSocket(path);
			assertThat(analysis.getDescription()).contains("Unix socket " + path, "'thrift.server.unix-socket'",
					"another process listens there");
			assertThat(analysis.getAction()).contains("Stop the process", "'thrift.server.unix-socket'");
			assertThat(path).exists();
		}
	}

	@Test
	void unixSocketThatCannotBeIsNamed(@TempDir Path directory) throws Exception {
		Path file = Files.writeString(directory.resolve("file"), "precious");
		FailureAnalysis analysis = analyzeUnixSocket(file);
		assertThat(analysis.getDescription()).contains("Unix socket " + file, "something that is no socket");
		assertThat(analysis.getAction()).startsWith("Set 'thrift.server.unix-socket' to a path where nothing is");
		assertThat(file).hasContent("precious");
		assertThat(analyzeUnixSocket(directory.resolve("no/s")).getDescription())
			.contains("there is no directory " + directory.resolve("no"));
	}

	private FailureAnalysis analyzeUnixSocket(Path path) {
		return analyze(this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.port=-1", "thrift.server.unix-socket=" + path));
	}

	@Test
	void unknownExecutorIsNamed() {
		FailureAnalysis analysis = analyze(
				this.contextRunner.withUserConfiguration(UnknownExecutorConfiguration.class));
		assertThat(analysis.getDescription()).contains("'echoHandler'", "\"nobody\"", "java.util.concurrent.Executor");
		assertThat(analysis.getAction()).contains("'nobody'");
	}

	@Test
	void beanThatIsNoExecutorIsNamed() {
		FailureAnalysis analysis = analyze(this.contextRunner.withUserConfiguration(UnknownExecutorConfiguration.class)
			.withBean("nobody", String.class, () -> "no executor"));
		assertThat(analysis.getDescription()).contains("'echoHandler'", "\"nobody\"");
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnknownExecutorConfiguration {

		@Bean
		@ThriftServer(executor = "nobody")
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

}
