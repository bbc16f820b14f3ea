package io.github.thriftboot.benchmarks.armeria;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.BiConsumer;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.thrift.ThriftClients;
import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.armeria.api.Blob;
import io.github.thriftboot.benchmarks.armeria.api.EchoService;
import io.github.thriftboot.benchmarks.armeria.api.User;
import io.github.thriftboot.benchmarks.armeria.api.Users;
import io.github.thriftboot.benchmarks.echo.Content;
import io.github.thriftboot.benchmarks.echo.MessageCaller;
import org.apache.thrift.async.AsyncMethodCallback;
import org.jspecify.annotations.Nullable;

/**
 * Client factories, each with an event loop and so with a connection of its own.
 */
final class ArmeriaClient implements BenchmarkClient {

	private final String uri;

	private final List<ClientFactory> factories = new ArrayList<>();

	private int given;

	ArmeriaClient(int port, int connections) {
		this.uri = "tbinary+h2c://127.0.0.1:" + port + ArmeriaSystem.PATH;
		for (int i = 0; i < connections; i++) {
			this.factories.add(ClientFactory.builder().workerGroup(1).build());
		}
	}

	@Override
	public BenchmarkCaller caller(Payload payload) {
		ClientFactory factory = this.factories.get(this.given++ % this.factories.size());
		EchoService.Iface client = ThriftClients.builder(this.uri).factory(factory).build(EchoService.Iface.class);
		EchoService.AsyncIface asyncClient = ThriftClients.builder(this.uri)
			.factory(factory)
			.build(EchoService.AsyncIface.class);
		return switch (payload) {
			case SMALL -> {
				User user = user(0);
				yield new MessageCaller<>(user::setId, client::echo,
						(request, outcome) -> asyncClient.echo(request, new Callback<>(outcome)));
			}
			case MEDIUM -> {
				Users users = users();
				yield new MessageCaller<>(users::setId, client::echoUsers,
						(request, outcome) -> asyncClient.echoUsers(request, new Callback<>(outcome)));
			}
			case LARGE -> {
				Blob blob = new Blob().setData(Content.blob());
				yield new MessageCaller<>(blob::setId, client::echoBlob,
						(request, outcome) -> asyncClient.echoBlob(request, new Callback<>(outcome)));
			}
			case SLEEP_5, SLEEP_20 -> {
				User user = user(0);
				int millis = payload.handlerMillis();
				yield new MessageCaller<>(user::setId, (request) -> client.echoAfter(request, millis),
						(request, outcome) -> asyncClient.echoAfter(request, millis, new Callback<>(outcome)));
			}
		};
	}

	private static User user(long id) {
		return new User().setId(id)
			.setName(Content.NAME)
			.setEmail(Content.EMAIL)
			.setTags(new ArrayList<>(Content.TAGS))
			.setAttributes(new HashMap<>(Content.ATTRIBUTES));
	}

	private static Users users() {
		List<User> users = new ArrayList<>();
		for (int i = 0; i < Content.USERS; i++) {
			users.add(user(i));
		}
		return new Users().setUsers(users);
	}

	@Override
	public void close() {
		// its event loops take two seconds to end, which nobody has to wait for
		this.factories.forEach(ClientFactory::closeAsync);
	}

	/**
	 * Tells the outcome of a call.
	 *
	 * @param outcome is told
	 * @param <T> what comes back
	 */
	private record Callback<T>(BiConsumer<@Nullable T, @Nullable Throwable> outcome) implements AsyncMethodCallback<T> {

		@Override
		public void onComplete(T reply) {
			this.outcome.accept(reply, null);
		}

		@Override
		public void onError(Exception failure) {
			this.outcome.accept(null, failure);
		}

	}

}
