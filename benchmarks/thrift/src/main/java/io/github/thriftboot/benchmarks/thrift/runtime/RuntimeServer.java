package io.github.thriftboot.benchmarks.thrift.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.HandlerMode;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.AsyncEchoHandler;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ThriftServer;
import org.jspecify.annotations.Nullable;

/**
 * A server of this project's runtime.
 */
final class RuntimeServer implements BenchmarkServer {

	static final String SERVICE = "EchoService";

	private final ThriftServer server;

	private final @Nullable ExecutorService executor;

	RuntimeServer(HandlerMode mode, HandlerLoad load) {
		boolean inline = mode == HandlerMode.INLINE;
		this.executor = (mode == HandlerMode.VIRTUAL) ? mode.newExecutor(load) : null;
		Object handler = (inline && load == HandlerLoad.WAIT) ? new AsyncEchoHandler() : new EchoHandler();
		ThriftServer.Builder builder = ThriftServer.builder()
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.service(SERVICE, ThriftServiceDescriptor.of(EchoService.class), handler);
		if (this.executor != null) {
			builder.executor(this.executor);
		}
		else if (inline) {
			builder.executor(Runnable::run);
		}
		else {
			builder.handlerThreads(load.threads(), HandlerMode.QUEUE_CAPACITY);
		}
		this.server = builder.build();
		this.server.bind().join();
		this.server.start();
	}

	@Override
	public int port() {
		return this.server.port();
	}

	@Override
	public void close() {
		this.server.shutdown(Duration.ZERO).join();
		if (this.executor != null) {
			this.executor.shutdownNow();
		}
	}

}
