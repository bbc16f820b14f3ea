package io.github.thriftboot.benchmarks.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

import com.google.protobuf.ByteString;
import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.echo.Content;
import io.github.thriftboot.benchmarks.echo.MessageCaller;
import io.github.thriftboot.benchmarks.grpc.api.Blob;
import io.github.thriftboot.benchmarks.grpc.api.EchoServiceGrpc;
import io.github.thriftboot.benchmarks.grpc.api.LateUser;
import io.github.thriftboot.benchmarks.grpc.api.User;
import io.github.thriftboot.benchmarks.grpc.api.Users;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Channels, each with a connection of its own; grpc-java gives each another event loop.
 * Messages cannot be changed: for each call a copy is made that shares all but the id.
 */
final class GrpcClient implements BenchmarkClient {

	private final List<ManagedChannel> channels = new ArrayList<>();

	private int given;

	GrpcClient(int port, int connections, boolean direct) {
		for (int i = 0; i < connections; i++) {
			NettyChannelBuilder builder = NettyChannelBuilder
				.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
				.usePlaintext();
			if (direct) {
				builder.directExecutor();
			}
			this.channels.add(builder.build());
		}
	}

	@Override
	public BenchmarkCaller caller(Payload payload) {
		ManagedChannel channel = this.channels.get(this.given++ % this.channels.size());
		var blocking = EchoServiceGrpc.newBlockingStub(channel);
		var stub = EchoServiceGrpc.newStub(channel);
		return switch (payload) {
			case SMALL -> {
				User user = user(0);
				yield new MessageCaller<>((id) -> user.toBuilder().setId(id).build(), blocking::echo,
						(request, outcome) -> stub.echo(request, new ReplyObserver<>(outcome)));
			}
			case MEDIUM -> {
				Users users = users();
				yield new MessageCaller<>((id) -> users.toBuilder().setId(id).build(), blocking::echoUsers,
						(request, outcome) -> stub.echoUsers(request, new ReplyObserver<>(outcome)));
			}
			case LARGE -> {
				Blob blob = Blob.newBuilder().setData(ByteString.copyFrom(Content.blob())).build();
				yield new MessageCaller<>((id) -> blob.toBuilder().setId(id).build(), blocking::echoBlob,
						(request, outcome) -> stub.echoBlob(request, new ReplyObserver<>(outcome)));
			}
			case SLEEP_5, SLEEP_20 -> {
				User user = user(0);
				yield new MessageCaller<>((id) -> user.toBuilder().setId(id).build(),
						(request) -> blocking.echoAfter(late(request, payload)),
						(request, outcome) -> stub.echoAfter(late(request, payload), new ReplyObserver<>(outcome)));
			}
		};
	}

	private static LateUser late(User user, Payload payload) {
		return LateUser.newBuilder().setUser(user).setMillis(payload.handlerMillis()).build();
	}

	private static User user(long id) {
		return User.newBuilder()
			.setId(id)
			.setName(Content.NAME)
			.setEmail(Content.EMAIL)
			.addAllTags(Content.TAGS)
			.putAllAttributes(Content.ATTRIBUTES)
			.build();
	}

	private static Users users() {
		Users.Builder users = Users.newBuilder();
		for (int i = 0; i < Content.USERS; i++) {
			users.addUsers(user(i));
		}
		return users.build();
	}

	@Override
	public void close() {
		this.channels.forEach(ManagedChannel::shutdownNow);
	}

	/**
	 * Tells the one reply of a call.
	 *
	 * @param <T> what comes back
	 */
	private static final class ReplyObserver<T> implements StreamObserver<T> {

		private final BiConsumer<@Nullable T, @Nullable Throwable> outcome;

		private @Nullable T reply;

		ReplyObserver(BiConsumer<@Nullable T, @Nullable Throwable> outcome) {
			this.outcome = outcome;
		}

		@Override
		public void onNext(T value) {
			this.reply = value;
		}

		@Override
		public void onError(Throwable failure) {
			this.outcome.accept(null, failure);
		}

		@Override
		public void onCompleted() {
			this.outcome.accept(this.reply, null);
		}

	}

}
