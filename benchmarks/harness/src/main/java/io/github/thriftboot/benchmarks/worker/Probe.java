package io.github.thriftboot.benchmarks.worker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkCaller.Completion;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Payload;

/**
 * Finds out whether a system works at all, before time is spent on measuring it.
 */
public final class Probe {

	private static final int CALLS = 2;

	private static final long TIMEOUT_SECONDS = 10;

	private final BenchmarkSystem system;

	/**
	 * Create a probe.
	 * @param system the system to try
	 */
	public Probe(BenchmarkSystem system) {
		this.system = system;
	}

	/**
	 * Start a server, call it in every way and stop it.
	 * @param load what its handlers do
	 * @param connections the number of connections
	 * @throws Exception if something does not work
	 */
	public void run(HandlerLoad load, int connections) throws Exception {
		try (BenchmarkServer server = this.system.startServer(load)) {
			run(server.port(), connections);
		}
	}

	/**
	 * Call a server in every way.
	 * @param port where it listens
	 * @param connections the number of connections
	 * @throws Exception if something does not work
	 */
	void run(int port, int connections) throws Exception {
		try (BenchmarkClient client = this.system.connect(port, connections)) {
			for (Payload payload : Payload.values()) {
				for (int i = 0; i < connections; i++) {
					run(client.caller(payload));
				}
			}
		}
	}

	private void run(BenchmarkCaller caller) throws Exception {
		for (int id = 1; id <= CALLS; id++) {
			caller.call(id);
			if (this.system.asynchronous()) {
				callAndWait(caller, -id);
			}
		}
	}

	private static void callAndWait(BenchmarkCaller caller, long id)
			throws InterruptedException, ExecutionException, TimeoutException {
		CompletableFuture<Boolean> outcome = new CompletableFuture<>();
		caller.callAsync(id, new Completion() {

			@Override
			public void succeeded() {
				outcome.complete(true);
			}

			@Override
			public void failed(Throwable failure) {
				outcome.completeExceptionally(failure);
			}

		});
		outcome.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
	}

}
