package io.github.thriftboot.benchmarks;

/**
 * A way to call a service, as the load driver sees it: a row of the report. Found through
 * {@link BenchmarkSystemProvider}. Its server and its client run in different processes.
 */
public interface BenchmarkSystem {

	/**
	 * Return the name.
	 * @return the name on the command line and in the report
	 */
	String name();

	/**
	 * Return what is measured.
	 * @return the libraries with their versions, and how they are set up
	 */
	String description();

	/**
	 * Whether callers can go on before the reply is there. Systems that cannot are left
	 * out where many calls are to be in flight on one connection.
	 * @return {@code true} if {@link BenchmarkCaller#callAsync} works
	 */
	boolean asynchronous();

	/**
	 * Whether the system runs on this JVM.
	 * @return {@code true} unless it needs a newer one
	 */
	default boolean available() {
		return true;
	}

	/**
	 * Start a server on any free port of the loopback interface.
	 * @param load what its handlers will do
	 * @return the server, ready to be called
	 * @throws Exception if it cannot be started
	 */
	BenchmarkServer startServer(HandlerLoad load) throws Exception;

	/**
	 * Make a client.
	 * @param port the port of the server on the loopback interface
	 * @param connections how many connections its callers share, each with an event loop
	 * of its own; systems whose callers cannot share a connection open one for each
	 * @return the client
	 * @throws Exception if it cannot be made
	 */
	BenchmarkClient connect(int port, int connections) throws Exception;

}
