package io.github.thriftboot.server;

import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMultiplexedProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFramedTransport;

/**
 * A connection of a plain Apache client.
 */
public final class EchoConnection implements AutoCloseable {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final TSocket socket;

	private final TProtocol protocol;

	private EchoConnection(TSocket socket, TProtocol protocol) {
		this.socket = socket;
		this.protocol = protocol;
	}

	public static EchoConnection open(int port) throws TTransportException {
		TSocket socket = new TSocket("localhost", port, TIMEOUT_MILLIS);
		TFramedTransport transport = new TFramedTransport(socket);
		transport.open();
		return new EchoConnection(socket, new TBinaryProtocol(transport));
	}

	public static boolean isRefused(int port) {
		try {
			open(port).close();
			return false;
		}
		catch (TTransportException ex) {
			return true;
		}
	}

	public void timeout(int millis) {
		this.socket.setSocketTimeout(millis);
	}

	public EchoService.Client echo() {
		return new EchoService.Client(this.protocol);
	}

	public EchoService.Client echo(String serviceName) {
		return new EchoService.Client(new TMultiplexedProtocol(this.protocol, serviceName));
	}

	public OtherService.Client other(String serviceName) {
		return new OtherService.Client(new TMultiplexedProtocol(this.protocol, serviceName));
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
