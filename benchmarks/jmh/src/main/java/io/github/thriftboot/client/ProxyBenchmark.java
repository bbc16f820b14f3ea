package io.github.thriftboot.client;

import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.benchmarks.api.User;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import org.apache.thrift.TException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.cglib.proxy.Factory;
import org.springframework.cglib.proxy.MethodInterceptor;

/**
 * What the proxy of a client adds to a call: nothing is called behind it. Beside it a
 * proxy of the JDK, and no proxy at all.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ProxyBenchmark {

	private final User user = (User) new EchoRequest(Payload.SMALL).struct();

	private final EchoService.Iface direct = new EchoHandler();

	private final EchoService.Iface proxy = newProxy();

	private final EchoService.Iface jdkProxy = (EchoService.Iface) Proxy.newProxyInstance(
			EchoClient.class.getClassLoader(), new Class<?>[] { EchoClient.class },
			(self, method, arguments) -> arguments[0]);

	private static EchoService.Iface newProxy() {
		ClientType type = ClientType.of(EchoClient.class);
		MethodInterceptor echo = (self, method, arguments, methodProxy) -> arguments[0];
		Object proxy = type.newProxy();
		((Factory) proxy).setCallbacks(type.callbacks("echo", Collections.nCopies(type.methods().size(), echo)));
		return (EchoService.Iface) proxy;
	}

	/**
	 * Call without a proxy.
	 * @return the argument
	 * @throws TException never
	 */
	@Benchmark
	public User direct() throws TException {
		return this.direct.echo(this.user);
	}

	/**
	 * Call through the proxy of a client.
	 * @return the argument
	 * @throws TException never
	 */
	@Benchmark
	public User clientProxy() throws TException {
		return this.proxy.echo(this.user);
	}

	/**
	 * Call through a proxy of the JDK.
	 * @return the argument
	 * @throws TException never
	 */
	@Benchmark
	public User jdkProxy() throws TException {
		return this.jdkProxy.echo(this.user);
	}

	/**
	 * A client as applications declare it.
	 */
	@ThriftClient
	interface EchoClient extends EchoService.Iface {

	}

}
