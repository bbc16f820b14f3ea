package io.github.thriftboot.server;

/**
 * The place of this instance in a registry. {@link ThriftServerLifecycle#takeOut()} and
 * {@link ThriftServerLifecycle#putBack()} call all beans of this type; at start and stop
 * of the application registries act by themselves.
 */
public interface ServerRegistration {

	/**
	 * Tell the registry that the instance takes no calls any more.
	 */
	void leave();

	/**
	 * Tell the registry that the instance takes calls, with its present metadata.
	 */
	void join();

}
