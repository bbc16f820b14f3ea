package io.github.thriftboot.benchmarks.thrift.runtime;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ThriftServer;
import io.netty.util.internal.PlatformDependent;

/**
 * Prints how much memory of the JVM a connection holds that has been used and is idle, on
 * the server and on the client. What the operating system keeps is not counted.
 */
public final class IdleConnections {

	private static final int COUNT = 2_000;

	private final ThriftServiceDescriptor service = ThriftServiceDescriptor.of(EchoService.class);

	private final EchoRequest request = new EchoRequest(Payload.SMALL);

	private final ThriftMethod method = this.service.method(this.request.method());

	private IdleConnections() {
	}

	/**
	 * Measure and print.
	 * @param arguments none
	 * @throws Exception if a call fails
	 */
	public static void main(String[] arguments) throws Exception {
		IdleConnections connections = new IdleConnections();
		ThriftServer server = ThriftServer.builder()
			.address(new InetSocketAddress(0))
			.service(RuntimeServer.SERVICE, connections.service, new EchoHandler())
			.build();
		server.bind().join();
		server.start();
		connections.measureServer(server.port());
		connections.measureBoth(server.port());
		server.shutdown(Duration.ZERO).join();
	}

	/**
	 * The peers are sockets of the JDK, a few hundred bytes each.
	 */
	private void measureServer(int port) throws Exception {
		byte[] ping = { 0, 0, 0, 17, (byte) 0x80, 1, 0, 1, 0, 0, 0, 5, '$', 'p', 'i', 'n', 'g', 0, 0, 0, 1 };
		List<SocketChannel> sockets = new ArrayList<>();
		use(sockets, ping, port);
		long before = usedBytes();
		for (int i = 0; i < COUNT; i++) {
			use(sockets, ping, port);
		}
		print("server", usedBytes() - before);
		for (SocketChannel socket : sockets) {
			socket.close();
		}
	}

	private static void use(List<SocketChannel> sockets, byte[] ping, int port) throws Exception {
		SocketChannel socket = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
		sockets.add(socket);
		// an empty struct, without which the message is not complete
		byte[] message = Arrays.copyOf(ping, ping.length + 1);
		message[3] = (byte) (message.length - Integer.BYTES);
		socket.write(ByteBuffer.wrap(message));
		ByteBuffer reply = ByteBuffer.allocate(message.length);
		while (reply.hasRemaining() && socket.read(reply) >= 0) {
			// until all of it is there
		}
	}

	/**
	 * Each address of the loopback network is an instance, so it has a connection.
	 */
	private void measureBoth(int port) throws Exception {
		try (ConnectionPool pool = new ConnectionPool(2)) {
			List<ThriftChannel> channels = new ArrayList<>();
			channels.add(use(pool, 0, port));
			long before = usedBytes();
			for (int i = 1; i <= COUNT; i++) {
				channels.add(use(pool, i, port));
			}
			print("server and client, the channel of the client included", usedBytes() - before);
			channels.forEach(ThriftChannel::close);
		}
	}

	private ThriftChannel use(ConnectionPool pool, int number, int port) throws Exception {
		String host = "127.1." + number / 250 + "." + (1 + number % 250);
		ThriftChannel channel = ThriftChannel
			.builder(pool, RuntimeServer.SERVICE, InstanceSource.of(List.of(ThriftInstance.of(host, port))))
			.build();
		this.request.check(channel.call(this.method, this.method.args(this.request.arguments())));
		return channel;
	}

	private static long usedBytes() throws InterruptedException {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			Thread.sleep(100);
			Runtime runtime = Runtime.getRuntime();
			least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
		}
		long direct = Math.max(0, PlatformDependent.usedDirectMemory());
		for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
			direct += pool.getName().equals("direct") ? pool.getMemoryUsed() : 0;
		}
		return least + direct;
	}

	private static void print(String what, long bytes) {
		System.out.printf("%s: %.1f KiB for each idle connection (%d of them)%n", what, bytes / 1024.0 / COUNT, COUNT);
	}

}
