package io.github.thriftboot.netty.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A network between a client and a server that loses what a test says, without telling
 * either of them. It forwards TCP connections to one port of this machine. What is lost
 * stays lost: a direction of a connection of which something was lost never passes
 * anything again, not even its end.
 */
public final class FreezingProxy implements AutoCloseable {

	private static final int BUFFER_BYTES = 8 * 1024;

	private final ServerSocket socket;

	private final int target;

	private final AtomicInteger accepted = new AtomicInteger();

	private final Queue<Link> links = new ConcurrentLinkedQueue<>();

	private volatile Loss loss = Loss.NOTHING;

	private FreezingProxy(ServerSocket socket, int target) {
		this.socket = socket;
		this.target = target;
	}

	/**
	 * Start a proxy on any free port.
	 * @param target the port to forward to
	 * @return the proxy
	 */
	public static FreezingProxy start(int target) {
		try {
			FreezingProxy proxy = new FreezingProxy(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), target);
			startThread("proxy-acceptor", proxy::accept);
			return proxy;
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
	 * Return the number of connections that the client has not closed.
	 * @return the number
	 */
	public int open() {
		return (int) this.links.stream().filter((link) -> !link.client.isClosed()).count();
	}

	/**
	 * Lose from now on.
	 * @param what what is lost, on all connections, also later ones
	 */
	public void lose(Loss what) {
		this.loss = what;
	}

	/**
	 * Lose nothing on later connections.
	 */
	public void heal() {
		this.loss = Loss.NOTHING;
	}

	/**
	 * Close all connections on both sides.
	 */
	public void cut() {
		for (Link link : this.links) {
			link.close();
		}
		this.links.clear();
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.socket.accept();
				this.accepted.incrementAndGet();
				Link link = connect(client);
				if (link == null) {
					continue;
				}
				this.links.add(link);
				startThread("proxy-requests", () -> link.forward(client, link.server, Loss.REQUESTS));
				startThread("proxy-replies", () -> link.forward(link.server, client, Loss.REPLIES));
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	/**
	 * Connect to the target.
	 * @param client the connection of the client, closed if nobody listens
	 * @return the link, or {@code null} if nobody listens
	 */
	private @Nullable Link connect(Socket client) throws IOException {
		try {
			return new Link(client, new Socket(InetAddress.getLoopbackAddress(), this.target));
		}
		catch (ConnectException ex) {
			client.close();
			return null;
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
		for (Link link : this.links) {
			link.close();
		}
	}

	/**
	 * What does not get through.
	 */
	public enum Loss {

		NOTHING, REQUESTS, REPLIES, EVERYTHING;

		private boolean includes(Loss direction) {
			return this == EVERYTHING || this == direction;
		}

	}

	/**
	 * One connection of the client, and the one that stands for it at the server.
	 */
	private final class Link {

		private final Socket client;

		private final Socket server;

		Link(Socket client, Socket server) throws IOException {
			this.client = client;
			this.server = server;
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
		}

		void forward(Socket from, Socket to, Loss direction) {
			byte[] buffer = new byte[BUFFER_BYTES];
			boolean broken = false;
			try {
				InputStream in = from.getInputStream();
				OutputStream out = to.getOutputStream();
				for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
					broken |= FreezingProxy.this.loss.includes(direction);
					if (!broken) {
						out.write(buffer, 0, count);
					}
				}
			}
			catch (IOException ex) {
				// one side is closed, so the other one is
			}
			if (from == this.client || !broken) {
				close();
			}
		}

		void close() {
			try {
				this.client.close();
				this.server.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
