package io.github.thriftboot.benchmarks;

/**
 * The calling side of a system, with its connections.
 */
public interface BenchmarkClient extends AutoCloseable {

	/**
	 * Make a caller. Callers are spread evenly over the connections.
	 * @param payload what it sends
	 * @return a new caller
	 * @throws Exception if it cannot be made
	 */
	BenchmarkCaller caller(Payload payload) throws Exception;

	@Override
	void close();

}
