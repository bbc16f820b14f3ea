package io.github.thriftboot.benchmarks;

/**
 * A running server.
 */
public interface BenchmarkServer extends AutoCloseable {

	/**
	 * Return where it listens.
	 * @return the port on the loopback interface
	 */
	int port();

	@Override
	void close();

}
