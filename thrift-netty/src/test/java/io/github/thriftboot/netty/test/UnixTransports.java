package io.github.thriftboot.netty.test;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import org.apache.thrift.transport.TIOStreamTransport;
import org.apache.thrift.transport.TServerTransport;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * Unix sockets for libthrift, which has none of its own. A read may wait for ever.
 */
public final class UnixTransports {

	private UnixTransports() {
	}

	/**
	 * Connect.
	 * @param path the path of the socket
	 * @return an open transport
	 * @throws Exception if nobody listens
	 */
	public static TTransport connect(Path path) throws Exception {
		return transport(SocketChannel.open(UnixDomainSocketAddress.of(path)));
	}

	/**
	 * Listen.
	 * @param path the path of the socket
	 * @return where an Apache server gets its connections from
	 * @throws IOException if the path is taken
	 */
	public static TServerTransport listen(Path path) throws IOException {
		ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		return new Listener(listening.bind(UnixDomainSocketAddress.of(path)));
	}

	private static TTransport transport(SocketChannel channel) throws TTransportException {
		return new TIOStreamTransport(Channels.newInputStream(channel), Channels.newOutputStream(channel));
	}

	private static final class Listener extends TServerTransport {

		private final ServerSocketChannel channel;

		Listener(ServerSocketChannel channel) {
			this.channel = channel;
		}

		@Override
		public void listen() {
			// it does since it was bound
		}

		@Override
		public TTransport accept() throws TTransportException {
			try {
				return transport(this.channel.accept());
			}
			catch (IOException ex) {
				throw new TTransportException(ex);
			}
		}

		@Override
		public void close() {
			try {
				this.channel.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void interrupt() {
			close();
		}

	}

}
