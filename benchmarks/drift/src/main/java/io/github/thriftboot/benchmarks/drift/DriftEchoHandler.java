package io.github.thriftboot.benchmarks.drift;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import io.airlift.drift.annotations.ThriftMethod;
import io.airlift.drift.annotations.ThriftService;
import io.github.thriftboot.benchmarks.echo.Later;

/**
 * Answers with what it gets. A connection has one worker thread, so a handler that takes
 * a while must not keep it.
 */
@ThriftService("EchoService")
public final class DriftEchoHandler {

	@ThriftMethod("echo")
	public DriftUser echo(DriftUser user) {
		return user;
	}

	@ThriftMethod("echoUsers")
	public DriftUsers echoUsers(DriftUsers users) {
		return users;
	}

	@ThriftMethod("echoBlob")
	public DriftBlob echoBlob(DriftBlob blob) {
		return blob;
	}

	/**
	 * Answer after a while.
	 * @param user what to answer
	 * @param millis how long to wait
	 * @return completes with the user
	 */
	@ThriftMethod("echoAfter")
	public ListenableFuture<DriftUser> echoAfter(DriftUser user, int millis) {
		SettableFuture<DriftUser> result = SettableFuture.create();
		Later.run(millis, () -> result.set(user));
		return result;
	}

}
