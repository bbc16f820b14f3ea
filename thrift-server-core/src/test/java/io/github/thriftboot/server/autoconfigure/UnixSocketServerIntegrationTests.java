package io.github.thriftboot.server.autoconfigure;

import java.nio.file.Path;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.netty.test.UnixTransports;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The server on a Unix socket, by its properties.
 */
@Timeout(60)
class UnixSocketServerIntegrationTests {

	private static final String PORT_PROPERTY = "local.thrift.server.port";

	@TempDir
	private Path directory;

	private ApplicationContextRunner runner(int port) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThriftServerAutoConfiguration.class))
			.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.port=" + port, "thrift.server.address=localhost",
					"thrift.server.unix-socket=" + path());
	}

	private Path path() {
		return this.directory.resolve("s");
	}

	private int add(int left, int right) throws Exception {
		try (TTransport transport = new TFramedTransport(UnixTransports.connect(path()))) {
			return new EchoService.Client(new TBinaryProtocol(transport)).add(left, right);
		}
	}

	@Test
	void socketIsBesideThePortAndGoesWithIt() {
		try (LogCapture log = new LogCapture(ThriftServerLifecycle.class)) {
			runner(0).run((context) -> {
				assertThat(add(40, 2)).isEqualTo(42);
				int port = context.getBean(ThriftServerLifecycle.class).metadata().port();
				try (EchoConnection connection = EchoConnection.open(port)) {
					assertThat(connection.echo().add(40, 2)).isEqualTo(42);
				}
				assertThat(log.lines()).contains("INFO Thrift server started on port " + port + " and Unix socket "
						+ path() + ", exporting EchoService");
			});
			assertThat(log.lines()).anyMatch((line) -> line.endsWith(" and Unix socket " + path() + " stopped"));
		}
		assertThat(path()).doesNotExist();
	}

	@Test
	void withoutPortThereIsNothingToAnnounce() {
		try (LogCapture log = new LogCapture(ThriftServerLifecycle.class)) {
			runner(-1).run((context) -> {
				assertThat(add(40, 2)).isEqualTo(42);
				ThriftServerLifecycle lifecycle = context.getBean(ThriftServerLifecycle.class);
				assertThat(lifecycle.isRunning()).isTrue();
				assertThat(lifecycle.metadata()).isNull();
				assertThat(context.getEnvironment().containsProperty(PORT_PROPERTY)).isFalse();
				assertThat(log.lines())
					.contains("INFO Thrift server started on Unix socket " + path() + ", exporting EchoService");
			});
			assertThat(log.lines()).contains("INFO Thrift server on Unix socket " + path() + " stopped");
		}
		assertThat(path()).doesNotExist();
	}

	@Test
	void socketIsTakenOutAndPutBackWithTheServer() {
		runner(-1).run((context) -> {
			ThriftServerLifecycle lifecycle = context.getBean(ThriftServerLifecycle.class);
			lifecycle.takeOut();
			assertThat(path()).doesNotExist();
			lifecycle.putBack();
			assertThat(add(40, 2)).isEqualTo(42);
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

}
