package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * When clients can be called, and what is left of them.
 */
class ThriftClientLifecycleTests {

	private static EchoServer server;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(ClientConfiguration.class)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.addresses=" + server.address(),
				"thrift.client.event-loop-threads=2");

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	private static Set<Thread> clientThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().matches("thrift-(client|resolver).*"))
			.collect(Collectors.toSet());
	}

	@Test
	void contextsThatAreClosedLeaveNoThread() {
		for (int i = 0; i < 10; i++) {
			this.runner.run((context) -> {
				EchoService.Iface client = context.getBean(EchoService.Iface.class);
				Packet packet = Packets.ofSize(1_000);
				assertThat(client.echo(packet)).isEqualTo(packet);
				assertThat(clientThreads()).isNotEmpty();
			});
		}
		await().untilAsserted(() -> assertThat(clientThreads()).isEmpty());
	}

	@Test
	void threadsAreStartedByTheFirstCallOnly() {
		this.runner.run((context) -> await().atMost(Duration.ofSeconds(5)).until(() -> clientThreads().isEmpty()));
	}

	@Test
	void clientsWorkFromTheStartOfLifecycleToTheirDestruction() {
		this.runner.withBean("early", LifecycleUser.class).run((context) -> {
			LifecycleUser user = context.getBean(LifecycleUser.class);
			assertThat(user.inConstructor).isEqualTo(3);
			assertThat(user.inStart).isEqualTo(3);
			context.close();
			assertThat(user.inStop).isEqualTo(3);
			assertThat(user.inDestroy).isEqualTo(3);
		});
	}

	@Test
	void callsAfterCloseFailAtOnce() {
		this.runner.run((context) -> {
			EchoService.Iface client = context.getBean(EchoService.Iface.class);
			ThriftClientFactory factory = context.getBean(ThriftClientFactory.class);
			client.whoAmI();
			context.close();
			assertThatExceptionOfType(UnprocessedException.class).isThrownBy(client::whoAmI);
			assertThatIllegalStateException().isThrownBy(() -> factory.create(EchoService.Iface.class, "another"));
		});
	}

	@Test
	void callsInFlightEndWithTheContext() {
		CompletableFuture<String> outcome = new CompletableFuture<>();
		this.runner.withPropertyValues("thrift.client.timeout=1m").run((context) -> {
			server.handler().closeGate();
			EchoService.AsyncIface client = context.getBean(ThriftClientFactory.class)
				.create(EchoService.AsyncIface.class, "async");
			client.misbehave("wait", new AsyncMethodCallback<>() {

				@Override
				public void onComplete(String value) {
					outcome.complete(value);
				}

				@Override
				public void onError(Exception failure) {
					outcome.completeExceptionally(failure);
				}

			});
			await().until(() -> server.handler().waiting() == 1);
			context.close();
		});
		assertThat(outcome).failsWithin(15, TimeUnit.SECONDS);
		server.handler().openGate();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

	}

	static class LifecycleUser implements SmartLifecycle, DisposableBean {

		private final EchoService.Iface client;

		private final int inConstructor;

		private volatile int inStart;

		private volatile int inStop;

		private volatile int inDestroy;

		LifecycleUser(EchoService.Iface client) throws TException {
			this.client = client;
			this.inConstructor = client.add(1, 2);
		}

		private int call() {
			try {
				return this.client.add(1, 2);
			}
			catch (TException ex) {
				return -1;
			}
		}

		@Override
		public void start() {
			this.inStart = call();
		}

		@Override
		public void stop() {
			this.inStop = call();
		}

		@Override
		public boolean isRunning() {
			return this.inStart != 0 && this.inStop == 0;
		}

		@Override
		public int getPhase() {
			return Integer.MIN_VALUE;
		}

		@Override
		public void destroy() {
			this.inDestroy = call();
		}

	}

}
