package io.github.thriftboot.netty.interop;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of our server with every client that can call it.
 */
class ServerInteropIntegrationTests {

	@RegisterExtension
	static final InteropResults results = new InteropResults("apache-clients");

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private final TypesHandler handler = new TypesHandler();

	@ParameterizedTest
	@MethodSource
	void apacheClientCallsOurServer(ApacheClient client) throws Exception {
		results.record(ApacheClient.library() + ", " + client.transport().className(), InteropResult.TO_SERVER,
				client.dialect(), () -> client.verify(this.runtime, this.handler, startServer().port()));
	}

	static List<ApacheClient> apacheClientCallsOurServer() {
		return Arrays.stream(ApacheClient.Transport.values())
			.flatMap((transport) -> Arrays.stream(ApacheClient.Protocol.values())
				.flatMap((protocol) -> Stream.of(true, false)
					.map((multiplexed) -> new ApacheClient(transport, protocol, multiplexed))))
			.toList();
	}

	@ParameterizedTest
	@MethodSource
	void ourClientCallsOurServer(Dialect dialect, boolean multiplexed) throws Exception {
		verifyOurClient(startServer().port(), dialect, multiplexed);
	}

	static Stream<Arguments> ourClientCallsOurServer() {
		return Wire.dialects()
			.stream()
			.flatMap((dialect) -> Stream.of(true, false).map((multiplexed) -> Arguments.of(dialect, multiplexed)));
	}

	@Test
	void allClientsCallOurServerAtOnceOnOnePort() throws Exception {
		int port = startServer().port();
		ExecutorService executor = Executors.newCachedThreadPool();
		this.runtime.closing(executor::shutdownNow);
		Stream<Scenario> apache = apacheClientCallsOurServer().stream()
			.map((client) -> new Scenario(client.toString(), () -> client.verify(this.runtime, this.handler, port)));
		Stream<Scenario> ours = Wire.dialects()
			.stream()
			.map((dialect) -> new Scenario(dialect.toString(), () -> verifyOurClient(port, dialect, true)));
		List<CompletableFuture<Void>> runs = Stream.concat(apache, ours)
			.map((scenario) -> CompletableFuture.runAsync(scenario, executor))
			.toList();

		assertThat(runs).allSatisfy((run) -> assertThat(run).succeedsWithin(Duration.ofSeconds(60)));
	}

	private ThriftServer startServer() {
		return startServer(this.runtime, this.handler);
	}

	static ThriftServer startServer(TestRuntime runtime, TypesHandler handler) {
		return runtime.start(builder(handler));
	}

	static ThriftServer.Builder builder(TypesHandler handler) {
		return ThriftServer.builder()
			.service("ExtendedService", TypesClients.TYPES, handler)
			.service("UuidService", TypesClients.UUIDS, handler)
			.service("NamesakeService", TypesClients.NAMESAKE, TypesClients.namesake())
			.defaultService("ExtendedService");
	}

	private void verifyOurClient(int port, Dialect dialect, boolean multiplexed) throws Exception {
		TypesClients clients = new TypesClients(this.runtime, dialect, multiplexed, port);
		new TypesMatrix(clients.types(), this.handler).verify();
		TypesMatrix.verify(clients.uuids(), true, true);
		if (multiplexed) {
			assertThat(clients.namesakes().noArguments()).isEqualTo("namesake");
		}
	}

	private record Scenario(String name, Task task) implements Runnable {

		@Override
		public void run() {
			try {
				this.task.run();
			}
			catch (Throwable ex) {
				throw new AssertionError(this.name + ": " + ex, ex);
			}
		}

	}

	private interface Task {

		void run() throws Exception;

	}

}
