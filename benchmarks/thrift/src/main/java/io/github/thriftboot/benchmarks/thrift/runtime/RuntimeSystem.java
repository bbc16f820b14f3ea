package io.github.thriftboot.benchmarks.thrift.runtime;

import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.HandlerMode;
import io.github.thriftboot.benchmarks.Versions;
import io.netty.channel.Channel;
import org.apache.thrift.TBase;

/**
 * The runtime of this project with its defaults: THeader, binary protocol, timeouts. On
 * the event loop a handler that waits is an asynchronous one, elsewhere it blocks.
 */
public final class RuntimeSystem implements BenchmarkSystem {

	private final String name;

	private final HandlerMode mode;

	/**
	 * Create a system.
	 * @param name the name
	 * @param mode where handlers run
	 */
	public RuntimeSystem(String name, HandlerMode mode) {
		this.name = name;
		this.mode = mode;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String description() {
		return "this project's runtime, " + Versions.of("Netty", Channel.class) + ", "
				+ Versions.of("libthrift", TBase.class) + ": " + switch (this.mode) {
					case INLINE -> "handlers on the event loop, asynchronous where they wait";
					case POOL -> "handlers on a pool";
					case VIRTUAL -> "handlers on virtual threads";
				};
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public boolean available() {
		return this.mode.available();
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) {
		return new RuntimeServer(this.mode, load);
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		return new RuntimeClient(port, connections);
	}

}
