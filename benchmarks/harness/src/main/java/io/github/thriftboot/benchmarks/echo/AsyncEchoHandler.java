package io.github.thriftboot.benchmarks.echo;

import io.github.thriftboot.benchmarks.api.Blob;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.api.User;
import io.github.thriftboot.benchmarks.api.Users;
import org.apache.thrift.async.AsyncMethodCallback;

/**
 * A handler that keeps no thread: for servers that run handlers on their event loops.
 */
public class AsyncEchoHandler implements EchoService.AsyncIface {

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
