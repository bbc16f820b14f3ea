package io.github.thriftboot.benchmarks.thrift.spring;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import org.apache.thrift.TException;

/**
 * Calls the beans.
 */
final class SpringCaller implements BenchmarkCaller {

	private final EchoClient client;

	private final AsyncEchoClient asyncClient;

	private final EchoRequest request;

	SpringCaller(EchoClient client, AsyncEchoClient asyncClient, EchoRequest request) {
		this.client = client;
		this.asyncClient = asyncClient;
		this.request = request;
	}

	@Override
	public void call(long id) throws TException {
		this.request.setId(id);
		this.request.call(this.client);
	}

	@Override
	public void callAsync(long id, Completion completion) {
		this.request.setId(id);
		this.request.call(this.asyncClient, completion);
	}

}
