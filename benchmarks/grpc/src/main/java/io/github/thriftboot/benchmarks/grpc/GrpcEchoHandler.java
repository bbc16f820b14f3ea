package io.github.thriftboot.benchmarks.grpc;

import io.github.thriftboot.benchmarks.echo.Later;
import io.github.thriftboot.benchmarks.grpc.api.Blob;
import io.github.thriftboot.benchmarks.grpc.api.EchoServiceGrpc.EchoServiceImplBase;
import io.github.thriftboot.benchmarks.grpc.api.LateUser;
import io.github.thriftboot.benchmarks.grpc.api.User;
import io.github.thriftboot.benchmarks.grpc.api.Users;
import io.grpc.stub.StreamObserver;

/**
 * Answers with what it gets.
 */
final class GrpcEchoHandler extends EchoServiceImplBase {

	private final boolean onEventLoop;

	GrpcEchoHandler(boolean onEventLoop) {
		this.onEventLoop = onEventLoop;
	}

	@Override
	public void echo(User request, StreamObserver<User> reply) {
		answer(request, reply);
	}

	@Override
	public void echoUsers(Users request, StreamObserver<Users> reply) {
		answer(request, reply);
	}

	@Override
	public void echoBlob(Blob request, StreamObserver<Blob> reply) {
		answer(request, reply);
	}

	@Override
	public void echoAfter(LateUser request, StreamObserver<User> reply) {
		if (this.onEventLoop) {
			Later.run(request.getMillis(), () -> answer(request.getUser(), reply));
			return;
		}
		try {
			Thread.sleep(request.getMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		answer(request.getUser(), reply);
	}

	private static <T> void answer(T value, StreamObserver<T> reply) {
		reply.onNext(value);
		reply.onCompleted();
	}

}
