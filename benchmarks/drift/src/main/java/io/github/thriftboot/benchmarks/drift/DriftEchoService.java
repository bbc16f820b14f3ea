package io.github.thriftboot.benchmarks.drift;

import io.airlift.drift.annotations.ThriftMethod;
import io.airlift.drift.annotations.ThriftService;

/**
 * The service, as {@code EchoService} in {@code echo.thrift}.
 */
@ThriftService("EchoService")
public interface DriftEchoService {

	/**
	 * Echo a user.
	 * @param user the user
	 * @return the same
	 */
	@ThriftMethod("echo")
	DriftUser echo(DriftUser user);

	/**
	 * Echo users.
	 * @param users the users
	 * @return the same
	 */
	@ThriftMethod("echoUsers")
	DriftUsers echoUsers(DriftUsers users);

	/**
	 * Echo a blob.
	 * @param blob the blob
	 * @return the same
	 */
	@ThriftMethod("echoBlob")
	DriftBlob echoBlob(DriftBlob blob);

	/**
	 * Echo a user after a while.
	 * @param user the user
	 * @param millis how long to wait
	 * @return the same
	 */
	@ThriftMethod("echoAfter")
	DriftUser echoAfter(DriftUser user, int millis);

}
