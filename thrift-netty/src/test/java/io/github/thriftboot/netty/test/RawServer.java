package io.github.thriftboot.netty.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that does with its connections whatever a test says, each on a thread of its
 * own.
 */
public final class RawServer implements AutoCloseable {

	private final ServerSocket socket;

	private final Script script;

	private final AtomicInteger accepted = new AtomicInteger();

	private final Queue<RawConnection> connections = new ConcurrentLinkedQueue<>();

	private RawServer(ServerSocket socket, Script script) {
		this.socket = socket;
		this.script = script;
	}

	/**
	 * Start a server on any free port.
	 * @param script what to do with each connection; when it ends in any way, the
	 * connection is closed
	 * @return the server
	 */
	public static RawServer start(Script script) {
		try {
			RawServer server = new RawServer(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), script);
			startThread("raw-acceptor", server::accept);
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public int port() {
		return this.socket.getLocalPort();
	}

	/**
	 * Return the number of connections so far.
	 * @return the number
	 */
	public int accepted() {
		return this.accepted.get();
	}

	/**
	 * Refuse further connections; those that there are stay.
	 * @throws IOException if the socket cannot be closed
	 */
	public void stopAccepting() throws IOException {
		this.socket.close();
	}

	private void accept() {
		try {
			while (true) {
				RawConnection connection = new RawConnection(this.socket.accept());
				this.accepted.incrementAndGet();
				this.connections.add(connection);
				startThread("raw-connection", () -> run(connection));
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	private void run(RawConnection connection) {
		try (connection) {
			this.script.run(connection);
		}
		catch (Exception ex) {
			// the client sees the connection closed, and the test what comes of it
		}
	}

	private static void startThread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
		for (RawConnection connection : this.connections) {
			connection.close();
		}
	}

	/**
	 * What to do with a connection.
	 */
	@FunctionalInterface
	public interface Script {

		/**
		 * Use the connection.
		 * @param connection the connection
		 * @throws Exception to close it
		 */
		void run(RawConnection connection) throws Exception;

	}

}
