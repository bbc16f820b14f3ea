package io.github.thriftboot.benchmarks.driver;

/**
 * A worker process did not do what it was told.
 */
final class WorkerFailedException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	WorkerFailedException(String message) {
		super(message);
	}

}
