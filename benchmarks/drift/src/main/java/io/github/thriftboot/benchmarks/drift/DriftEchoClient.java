package io.github.thriftboot.benchmarks.drift;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import com.google.common.net.HostAndPort;
import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.airlift.drift.client.DriftClientFactory;
import io.airlift.drift.client.address.AddressSelector;
import io.airlift.drift.codec.ThriftCodecManager;
import io.airlift.drift.transport.client.Address;
import io.airlift.drift.transport.netty.client.DriftNettyClientConfig;
import io.airlift.drift.transport.netty.client.DriftNettyConnectionFactoryConfig;
import io.airlift.drift.transport.netty.client.DriftNettyMethodInvokerFactory;
import io.airlift.drift.transport.netty.codec.Protocol;
import io.airlift.drift.transport.netty.codec.Transport;
import io.airlift.units.Duration;
import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.echo.MessageCaller;
import org.jspecify.annotations.Nullable;

/**
 * Clients, each with an event loop and one connection.
 */
final class DriftEchoClient implements BenchmarkClient {

	private static final Duration TIMEOUT = new Duration(10, TimeUnit.SECONDS);

	private final List<DriftNettyMethodInvokerFactory<String>> invokers = new ArrayList<>();

	private final List<DriftClientFactory> clients = new ArrayList<>();

	private int given;

	DriftEchoClient(int port, int connections) {
		Address server = () -> HostAndPort.fromParts("127.0.0.1", port);
		AddressSelector<Address> selector = (context, attempted) -> Optional.of(server);
		DriftNettyClientConfig config = new DriftNettyClientConfig().setTransport(Transport.HEADER)
			.setProtocol(Protocol.BINARY)
			.setRequestTimeout(TIMEOUT);
		for (int i = 0; i < connections; i++) {
			DriftNettyMethodInvokerFactory<String> invoker = new DriftNettyMethodInvokerFactory<>(
					new DriftNettyConnectionFactoryConfig().setThreadCount(1).setConnectionPoolEnabled(true),
					(identity) -> config);
			this.invokers.add(invoker);
			this.clients.add(new DriftClientFactory(new ThriftCodecManager(), invoker, selector));
		}
	}

	@Override
	public BenchmarkCaller caller(Payload payload) {
		DriftClientFactory factory = this.clients.get(this.given++ % this.clients.size());
		DriftEchoService client = factory.createDriftClient(DriftEchoService.class).get();
		DriftAsyncEchoService asyncClient = factory.createDriftClient(DriftAsyncEchoService.class).get();
		return switch (payload) {
			case SMALL -> new MessageCaller<>(DriftUser.create(0)::withId, client::echo,
					(request, outcome) -> tell(asyncClient.echo(request), outcome));
			case MEDIUM -> new MessageCaller<>(DriftUsers.create()::withId, client::echoUsers,
					(request, outcome) -> tell(asyncClient.echoUsers(request), outcome));
			case LARGE -> new MessageCaller<>(DriftBlob.create()::withId, client::echoBlob,
					(request, outcome) -> tell(asyncClient.echoBlob(request), outcome));
			case SLEEP_5, SLEEP_20 -> {
				int millis = payload.handlerMillis();
				yield new MessageCaller<>(DriftUser.create(0)::withId, (request) -> client.echoAfter(request, millis),
						(request, outcome) -> tell(asyncClient.echoAfter(request, millis), outcome));
			}
		};
	}

	private static <T> void tell(ListenableFuture<T> call, BiConsumer<@Nullable T, @Nullable Throwable> outcome) {
		Futures.addCallback(call, new FutureCallback<T>() {

			@Override
			public void onSuccess(T reply) {
				outcome.accept(reply, null);
			}

			@Override
			public void onFailure(Throwable failure) {
				outcome.accept(null, failure);
			}

		}, MoreExecutors.directExecutor());
	}

	@Override
	public void close() {
		this.invokers.forEach(DriftNettyMethodInvokerFactory::close);
	}

}
