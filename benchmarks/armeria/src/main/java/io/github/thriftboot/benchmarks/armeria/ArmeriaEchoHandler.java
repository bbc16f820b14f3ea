package io.github.thriftboot.benchmarks.armeria;

import io.github.thriftboot.benchmarks.armeria.api.Blob;
import io.github.thriftboot.benchmarks.armeria.api.EchoService;
import io.github.thriftboot.benchmarks.armeria.api.User;
import io.github.thriftboot.benchmarks.armeria.api.Users;
import io.github.thriftboot.benchmarks.echo.Later;
import org.apache.thrift.async.AsyncMethodCallback;

/**
 * Answers with what it gets, without keeping a thread.
 */
final class ArmeriaEchoHandler implements EchoService.AsyncIface {

	@Override
	public void echo(User user, AsyncMethodCallback<User> result) {
		result.onComplete(user);
	}

	@Override
	public void echoUsers(Users users, AsyncMethodCallback<Users> result) {
		result.onComplete(users);
	}

	@Override
	public void echoBlob(Blob blob, AsyncMethodCallback<Blob> result) {
		result.onComplete(blob);
	}

	@Override
	public void echoAfter(User user, int millis, AsyncMethodCallback<User> result) {
		Later.run(millis, () -> result.onComplete(user));
	}

}
