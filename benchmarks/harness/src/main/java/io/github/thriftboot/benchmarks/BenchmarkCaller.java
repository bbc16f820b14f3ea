package io.github.thriftboot.benchmarks;

/**
 * Makes one call after the other, with a request that is built once where the system
 * allows it; only its id changes. Every reply is checked: it must be the request, id and
 * content. Not thread-safe, but may be used by different threads one after the other.
 */
public interface BenchmarkCaller {

	/**
	 * Call and wait for the reply.
	 * @param id makes the request different from others
	 * @throws Exception if there is no reply, or a wrong one
	 */
	void call(long id) throws Exception;

	/**
	 * Call without waiting.
	 * @param id makes the request different from others
	 * @param completion told exactly once, unless this method throws
	 * @throws UnsupportedOperationException if the system is not
	 * {@link BenchmarkSystem#asynchronous() asynchronous}
	 */
	void callAsync(long id, Completion completion);

	/**
	 * Is told the outcome of a call, on whatever thread the system has at hand.
	 */
	interface Completion {

		/**
		 * The right reply has come.
		 */
		void succeeded();

		/**
		 * There is no reply, or a wrong one.
		 * @param failure why
		 */
		void failed(Throwable failure);

	}

}
