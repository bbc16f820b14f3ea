package io.github.thriftboot.benchmarks.echo;

import io.github.thriftboot.benchmarks.api.Blob;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.api.User;
import io.github.thriftboot.benchmarks.api.Users;

/**
 * A handler that keeps its thread as long as it takes.
 */
public class EchoHandler implements EchoService.Iface {

	@Override
	public User echo(User user) {
		return user;
	}

	@Override
	public Users echoUsers(Users users) {
		return users;
	}

	@Override
	public Blob echoBlob(Blob blob) {
		return blob;
	}

	@Override
	public User echoAfter(User user, int millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return user;
	}

}
