package io.github.thriftboot.benchmarks.thrift.libthrift;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Versions;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import org.apache.thrift.TBase;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.server.TServer;
import org.apache.thrift.server.TThreadPoolServer;
import org.apache.thrift.server.TThreadedSelectorServer;
import org.apache.thrift.transport.TNonblockingServerSocket;
import org.apache.thrift.transport.TServerSocket;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFramedTransport;

/**
 * A server of libthrift. Its clients cannot share a connection: each caller has one of
 * its own, which is what a pool comes to when it is large enough and costs nothing.
 */
public final class LibthriftSystem implements BenchmarkSystem {

	private final String name;

	private final String server;

	private final ServerFactory factory;

	private LibthriftSystem(String name, String server, ServerFactory factory) {
		this.name = name;
		this.server = server;
		this.factory = factory;
	}

	/**
	 * Make the system with the selector server, the one for many connections.
	 * @return the system
	 */
	public static LibthriftSystem selector() {
		return new LibthriftSystem("libthrift-selector", "TThreadedSelectorServer", LibthriftSystem::selectorServer);
	}

	/**
	 * Make the system with the thread pool server, which has a thread for each
	 * connection.
	 * @return the system
	 */
	public static LibthriftSystem threadPool() {
		return new LibthriftSystem("libthrift-threadpool", "TThreadPoolServer, a thread for each connection",
				LibthriftSystem::threadPoolServer);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public String description() {
		return Versions.of("libthrift", TBase.class) + ": " + this.server
				+ "; clients with TFramedTransport, a connection for each caller";
	}

	@Override
	public boolean asynchronous() {
		return false;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) throws TTransportException {
		return new LibthriftServer(this.factory, load);
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		return new LibthriftClient(port);
	}

	private static LibthriftServer.Bound selectorServer(HandlerLoad load) throws TTransportException {
		TNonblockingServerSocket socket = new TNonblockingServerSocket(loopback());
		TServer server = new TThreadedSelectorServer(
				new TThreadedSelectorServer.Args(socket).selectorThreads(Runtime.getRuntime().availableProcessors())
					.workerThreads(load.threads())
					.protocolFactory(new TBinaryProtocol.Factory())
					.processor(new EchoService.Processor<>(new EchoHandler())));
		return new LibthriftServer.Bound(server, socket.getPort());
	}

	private static LibthriftServer.Bound threadPoolServer(HandlerLoad load) throws TTransportException {
		TServerSocket socket = new TServerSocket(loopback());
		TServer server = new TThreadPoolServer(new TThreadPoolServer.Args(socket).maxWorkerThreads(1_000)
			.transportFactory(new TFramedTransport.Factory())
			.protocolFactory(new TBinaryProtocol.Factory())
			.processor(new EchoService.Processor<>(new EchoHandler())));
		return new LibthriftServer.Bound(server, socket.getServerSocket().getLocalPort());
	}

	private static InetSocketAddress loopback() {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
	}

	/**
	 * Makes a server that is bound but not yet started.
	 */
	@FunctionalInterface
	interface ServerFactory {

		LibthriftServer.Bound create(HandlerLoad load) throws TTransportException;

	}

}
