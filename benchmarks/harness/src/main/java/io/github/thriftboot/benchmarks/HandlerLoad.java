package io.github.thriftboot.benchmarks;

/**
 * What the handlers of a server do, which decides how many threads they need.
 */
public enum HandlerLoad {

	/**
	 * They compute: few threads are best.
	 */
	COMPUTE(2 * Runtime.getRuntime().availableProcessors()),

	/**
	 * They wait: each call in flight wants a thread.
	 */
	WAIT(320);

	private final int threads;

	HandlerLoad(int threads) {
		this.threads = threads;
	}

	/**
	 * Return the size of a handler pool.
	 * @return the number of threads
	 */
	public int threads() {
		return this.threads;
	}

}
