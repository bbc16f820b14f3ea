package io.github.thriftboot.benchmarks.thrift.libthrift;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.layered.TFramedTransport;

/**
 * Clients of libthrift, a connection for each caller.
 */
final class LibthriftClient implements BenchmarkClient {

	private static final int TIMEOUT_MILLIS = 10_000;

	private final int port;

	private final List<TTransport> transports = new ArrayList<>();

	LibthriftClient(int port) {
		this.port = port;
	}

	@Override
	public BenchmarkCaller caller(Payload payload) throws TException {
		TTransport transport = new TFramedTransport(new TSocket(new TConfiguration(),
				InetAddress.getLoopbackAddress().getHostAddress(), this.port, TIMEOUT_MILLIS));
		transport.open();
		this.transports.add(transport);
		return new Caller(new EchoService.Client(new TBinaryProtocol(transport)), new EchoRequest(payload));
	}

	@Override
	public void close() {
		this.transports.forEach(TTransport::close);
	}

	/**
	 * Calls through the generated client.
	 */
	private static final class Caller implements BenchmarkCaller {

		private final EchoService.Client client;

		private final EchoRequest request;

		Caller(EchoService.Client client, EchoRequest request) {
			this.client = client;
			this.request = request;
		}

		@Override
		public void call(long id) throws TException {
			this.request.setId(id);
			this.request.call(this.client);
		}

		@Override
		public void callAsync(long id, Completion completion) {
			throw new UnsupportedOperationException();
		}

	}

}
