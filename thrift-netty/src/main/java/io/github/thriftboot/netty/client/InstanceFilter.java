package io.github.thriftboot.netty.client;

import java.util.List;
import java.util.Map;

/**
 * Says which instances a call may go to, by its headers and by their metadata: for canary
 * releases, versions and tags. It is asked for every attempt of every call, by the thread
 * that makes it, so it must be thread-safe, must not block, and should be quick. What it
 * throws ends the call.
 */
@FunctionalInterface
public interface InstanceFilter {

	/**
	 * Choose instances; the load balancer picks one of them.
	 * @param headers the headers of the request
	 * @param instances the instances that are up, or, if none is, those to which the
	 * connection is just being made again
	 * @return those of the list that the call may go to: the same list if that is all of
	 * them, an empty one if it must not go to any
	 */
	List<ThriftInstance> filter(Map<String, String> headers, List<ThriftInstance> instances);

}
