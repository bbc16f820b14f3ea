package io.github.thriftboot.benchmarks.worker;

/**
 * Something that calls until it is stopped.
 */
interface Load {

	/**
	 * How long a call may be outstanding after the end.
	 */
	long END_TIMEOUT_MILLIS = 10_000;

	/**
	 * Begin to call.
	 * @throws Exception if the callers cannot be made
	 */
	void start() throws Exception;

	/**
	 * End, and wait for the calls that are under way.
	 * @return {@code false} if some did not end in time
	 * @throws InterruptedException if interrupted
	 */
	boolean stop() throws InterruptedException;

}
