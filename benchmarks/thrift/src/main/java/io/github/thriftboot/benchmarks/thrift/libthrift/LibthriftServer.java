package io.github.thriftboot.benchmarks.thrift.libthrift;

import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.DaemonThreads;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.thrift.libthrift.LibthriftSystem.ServerFactory;
import org.apache.thrift.server.TServer;
import org.apache.thrift.transport.TTransportException;

/**
 * A server of libthrift on a thread of its own.
 */
final class LibthriftServer implements BenchmarkServer {

	private static final long START_TIMEOUT_MILLIS = 10_000;

	private final Bound bound;

	LibthriftServer(ServerFactory factory, HandlerLoad load) throws TTransportException {
		this.bound = factory.create(load);
		new DaemonThreads("serve").newThread(this.bound.server()::serve).start();
		awaitServing();
	}

	/**
	 * Wait until the server serves: to stop one that does not yet would have no effect.
	 */
	private void awaitServing() {
		long deadline = System.currentTimeMillis() + START_TIMEOUT_MILLIS;
		while (!this.bound.server().isServing()) {
			if (System.currentTimeMillis() > deadline) {
				throw new IllegalStateException("the server does not serve");
			}
			Thread.onSpinWait();
		}
	}

	@Override
	public int port() {
		return this.bound.port();
	}

	@Override
	public void close() {
		this.bound.server().stop();
	}

	/**
	 * A server with its port.
	 *
	 * @param server the server
	 * @param port the port
	 */
	record Bound(TServer server, int port) {
	}

}
