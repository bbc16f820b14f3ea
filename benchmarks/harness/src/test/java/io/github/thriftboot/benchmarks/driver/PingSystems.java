package io.github.thriftboot.benchmarks.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;
import io.github.thriftboot.benchmarks.DaemonThreads;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Payload;

/**
 * Systems that call nobody, for tests of the driver.
 */
public final class PingSystems implements BenchmarkSystemProvider {

	@Override
	public List<BenchmarkSystem> systems() {
		return List.of(new Ping("bare", false), new Ping("broken", true));
	}

	private record Ping(String name, boolean broken) implements BenchmarkSystem {

		@Override
		public String description() {
			return "calls nobody";
		}

		@Override
		public boolean asynchronous() {
			return true;
		}

		@Override
		public BenchmarkServer startServer(HandlerLoad load) throws IOException {
			ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
			return new BenchmarkServer() {

				@Override
				public int port() {
					return socket.getLocalPort();
				}

				@Override
				public void close() {
					// ends with the process
				}

			};
		}

		@Override
		public BenchmarkClient connect(int port, int connections) {
			if (this.broken) {
				throw new IllegalStateException("broken on purpose");
			}
			ExecutorService executor = Executors.newSingleThreadExecutor(new DaemonThreads("ping"));
			return new BenchmarkClient() {

				@Override
				public BenchmarkCaller caller(Payload payload) {
					return new PingCaller(executor);
				}

				@Override
				public void close() {
					executor.shutdownNow();
				}

			};
		}

	}

	private record PingCaller(ExecutorService executor) implements BenchmarkCaller {

		@Override
		public void call(long id) throws Exception {
			Thread.sleep(1);
		}

		@Override
		public void callAsync(long id, Completion completion) {
			this.executor.execute(completion::succeeded);
		}

	}

}
