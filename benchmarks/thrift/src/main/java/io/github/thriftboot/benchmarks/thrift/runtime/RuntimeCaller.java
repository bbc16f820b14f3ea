package io.github.thriftboot.benchmarks.thrift.runtime;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;

/**
 * Calls through a channel.
 */
final class RuntimeCaller implements BenchmarkCaller {

	private final ThriftChannel channel;

	private final ThriftMethod method;

	private final EchoRequest request;

	private final TBase<?, ?> args;

	RuntimeCaller(ThriftChannel channel, ThriftServiceDescriptor service, EchoRequest request) {
		this.channel = channel;
		this.method = service.method(request.method());
		this.request = request;
		this.args = this.method.args(request.arguments());
	}

	@Override
	public void call(long id) throws TException {
		this.request.setId(id);
		this.request.check(this.channel.call(this.method, this.args));
	}

	@Override
	public void callAsync(long id, Completion completion) {
		this.request.setId(id);
		this.channel.callAsync(this.method, this.args)
			.whenComplete((reply, failure) -> this.request.complete(reply, failure, completion));
	}

}
