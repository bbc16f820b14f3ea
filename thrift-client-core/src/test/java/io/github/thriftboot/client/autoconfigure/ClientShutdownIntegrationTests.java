package io.github.thriftboot.client.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.ThriftCallException;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * A context that is closed while its clients call (B5).
 */
class ClientShutdownIntegrationTests {

	private static final int ASYNC_CALLS = 968;

	private static final int THREADS = 32;

	/**
	 * How long a context gives its connections to close.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	@Test
	void callsInFlightEndAndLaterOnesFailAtOnce() throws Exception {
		AtomicInteger received = new AtomicInteger();
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		try (RawServer silent = RawServer.start((connection) -> {
			while (true) {
				connection.receive();
				received.incrementAndGet();
			}
		})) {
			new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
				.withUserConfiguration(ClientConfiguration.class)
				.withPropertyValues("thrift.client.timeout=5m", "thrift.client.actives=2000",
						"thrift.client.addresses=localhost:" + silent.port())
				.run((context) -> {
					EchoService.Iface client = context.getBean(EchoService.Iface.class);
					EchoService.AsyncIface async = context.getBean(ThriftClientFactory.class)
						.create(EchoService.AsyncIface.class, "EchoService");
					for (int i = 0; i < ASYNC_CALLS; i++) {
						calls.add(start(async));
					}
					for (int i = 0; i < THREADS; i++) {
						calls.add(start(client));
					}
					await().until(() -> received.get() == ASYNC_CALLS + THREADS);

					long start = System.nanoTime();
					context.close();
					for (CompletableFuture<Object> call : calls) {
						assertThat(call.get(GRACE.toMillis(), TimeUnit.MILLISECONDS))
							.isInstanceOf(ThriftCallException.class);
					}
					assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GRACE);
					assertThat(medianMicrosOfRefusal(client)).as("microseconds until a later call fails")
						.isLessThan(1_000);
				});
			assertThat(received).hasValue(ASYNC_CALLS + THREADS);
		}
	}

	private static CompletableFuture<Object> start(EchoService.AsyncIface client) throws TException {
		CompletableFuture<Object> outcome = new CompletableFuture<>();
		client.whoAmI(new AsyncMethodCallback<>() {

			@Override
			public void onComplete(String value) {
				outcome.complete(value);
			}

			@Override
			public void onError(Exception failure) {
				outcome.complete(failure);
			}

		});
		return outcome;
	}

	private static CompletableFuture<Object> start(EchoService.Iface client) {
		CompletableFuture<Object> outcome = new CompletableFuture<>();
		new Thread(() -> {
			try {
				outcome.complete(client.whoAmI());
			}
			catch (TException ex) {
				outcome.complete(ex);
			}
		}).start();
		return outcome;
	}

	/**
	 * The median, because a thread may have to wait for its turn on a busy machine.
	 */
	private static long medianMicrosOfRefusal(EchoService.Iface client) {
		long[] micros = new long[201];
		for (int i = 0; i < micros.length; i++) {
			long start = System.nanoTime();
			// the channel is closed, or the breaker open since so many calls have failed
			assertThatException().isThrownBy(client::whoAmI).isInstanceOf(TTransportException.class);
			micros[i] = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start);
		}
		Arrays.sort(micros);
		return micros[micros.length / 2];
	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoService.Iface.class)
	static class ClientConfiguration {

	}

}
