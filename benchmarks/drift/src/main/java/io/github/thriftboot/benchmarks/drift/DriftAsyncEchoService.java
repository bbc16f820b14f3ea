package io.github.thriftboot.benchmarks.drift;

import com.google.common.util.concurrent.ListenableFuture;
import io.airlift.drift.annotations.ThriftMethod;
import io.airlift.drift.annotations.ThriftService;

/**
 * The service for those who do not wait.
 */
@ThriftService("EchoService")
public interface DriftAsyncEchoService {

	/**
	 * Echo a user.
	 * @param user the user
	 * @return completes with the same
	 */
	@ThriftMethod("echo")
	ListenableFuture<DriftUser> echo(DriftUser user);

	/**
	 * Echo users.
	 * @param users the users
	 * @return completes with the same
	 */
	@ThriftMethod("echoUsers")
	ListenableFuture<DriftUsers> echoUsers(DriftUsers users);

	/**
	 * Echo a blob.
	 * @param blob the blob
	 * @return completes with the same
	 */
	@ThriftMethod("echoBlob")
	ListenableFuture<DriftBlob> echoBlob(DriftBlob blob);

	/**
	 * Echo a user after a while.
	 * @param user the user
	 * @param millis how long to wait
	 * @return completes with the same
	 */
	@ThriftMethod("echoAfter")
	ListenableFuture<DriftUser> echoAfter(DriftUser user, int millis);

}
