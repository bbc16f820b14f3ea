package io.github.thriftboot.netty.interop;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.NamesakeService;
import io.github.thriftboot.test.types.UuidService;
import org.apache.thrift.async.AsyncMethodCallback;
import org.apache.thrift.async.TAsyncClient;
import org.apache.thrift.async.TAsyncClientManager;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TJSONProtocol;
import org.apache.thrift.protocol.TMultiplexedProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TProtocolFactory;
import org.apache.thrift.transport.TNonblockingSocket;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFastFramedTransport;
import org.apache.thrift.transport.layered.TFramedTransport;

/**
 * A client of Apache Thrift: a way to connect, a protocol, multiplexed or not.
 *
 * @param transport the transport
 * @param protocol the protocol
 * @param multiplexed whether names carry the service
 */
record ApacheClient(Transport transport, Protocol protocol, boolean multiplexed) {

	private static final int TIMEOUT_MILLIS = 20_000;

	/**
	 * Tell which library it is.
	 * @return the language, the library and its version
	 */
	static String library() {
		return "Java " + Runtime.version().feature() + ", libthrift "
				+ TProtocol.class.getPackage().getImplementationVersion();
	}

	/**
	 * Tell what the wire is like.
	 * @return the dialect
	 */
	PeerDialect dialect() {
		return new PeerDialect(
				((this.transport == Transport.PLAIN) ? ThriftTransport.UNFRAMED : ThriftTransport.FRAMED).key(),
				ThriftProtocol.valueOf(this.protocol.name()).key(), this.multiplexed);
	}

	void verify(TestRuntime runtime, TypesHandler handler, int port) throws Exception {
		if (this.transport == Transport.ASYNC) {
			verifyAsync(runtime, handler, port);
			return;
		}
		TSocket socket = new TSocket("localhost", port, TIMEOUT_MILLIS);
		TTransport layered = this.transport.layer(socket);
		layered.open();
		closing(runtime, socket::close);
		TProtocol thrift = this.protocol.factory.getProtocol(layered);
		new TypesMatrix(new ExtendedService.Client(named(thrift, "ExtendedService")), handler).verify();
		TypesMatrix.verify(new UuidService.Client(named(thrift, "UuidService")), false, true);
		if (this.multiplexed) {
			verifyNamesake(new NamesakeService.Client(named(thrift, "NamesakeService")));
		}
	}

	private static void closing(TestRuntime runtime, AutoCloseable resource) {
		// the clients of a test may be made on several threads
		synchronized (runtime) {
			runtime.closing(resource);
		}
	}

	private static void verifyNamesake(NamesakeService.Iface client) throws Exception {
		if (!"namesake".equals(client.noArguments())) {
			throw new AssertionError("the other service was called");
		}
	}

	private TProtocol named(TProtocol thrift, String service) {
		return this.multiplexed ? new TMultiplexedProtocol(thrift, service) : thrift;
	}

	private void verifyAsync(TestRuntime runtime, TypesHandler handler, int port) throws Exception {
		TAsyncClientManager manager = new TAsyncClientManager();
		closing(runtime, manager::stop);
		new TypesMatrix(blocking(ExtendedService.Iface.class,
				(socket) -> new ExtendedService.AsyncClient(protocols("ExtendedService"), manager, socket), runtime,
				port), handler)
			.verify();
		TypesMatrix.verify(blocking(UuidService.Iface.class,
				(socket) -> new UuidService.AsyncClient(protocols("UuidService"), manager, socket), runtime, port),
				false, true);
	}

	private TProtocolFactory protocols(String service) {
		return (transport) -> named(this.protocol.factory.getProtocol(transport), service);
	}

	private static <T> T blocking(Class<T> iface, Function<TNonblockingSocket, TAsyncClient> connect,
			TestRuntime runtime, int port) {
		AtomicReference<TAsyncClient> current = new AtomicReference<>();
		return iface.cast(
				Proxy.newProxyInstance(iface.getClassLoader(), new Class<?>[] { iface }, (proxy, method, arguments) -> {
					TAsyncClient client = current.get();
					// which such a client has for ever after any exception, declared ones
					// included
					if (client == null || client.hasError()) {
						TNonblockingSocket socket = new TNonblockingSocket("localhost", port, TIMEOUT_MILLIS);
						closing(runtime, socket::close);
						client = connect.apply(socket);
						current.set(client);
					}
					return call(client, method, arguments);
				}));
	}

	private static Object call(Object asyncClient, Method method, Object[] arguments) throws Throwable {
		int count = method.getParameterCount();
		Class<?>[] types = Arrays.copyOf(method.getParameterTypes(), count + 1);
		types[count] = AsyncMethodCallback.class;
		CompletableFuture<Object> result = new CompletableFuture<>();
		Object[] values = (arguments != null) ? Arrays.copyOf(arguments, count + 1) : new Object[1];
		values[count] = new Callback(result);
		try {
			asyncClient.getClass().getMethod(method.getName(), types).invoke(asyncClient, values);
			return result.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InvocationTargetException | ExecutionException ex) {
			throw ex.getCause();
		}
	}

	enum Transport {

		FRAMED("TFramedTransport"), FAST_FRAMED("TFastFramedTransport"), PLAIN("TSocket"), ASYNC("TAsyncClient");

		private final String className;

		Transport(String className) {
			this.className = className;
		}

		String className() {
			return this.className;
		}

		private TTransport layer(TSocket socket) throws TTransportException {
			return switch (this) {
				case FRAMED -> new TFramedTransport(socket);
				case FAST_FRAMED -> new TFastFramedTransport(socket);
				case PLAIN -> socket;
				case ASYNC -> throw new TTransportException("has a socket of its own");
			};
		}

	}

	enum Protocol {

		BINARY(new TBinaryProtocol.Factory()),

		OLD_BINARY(new TBinaryProtocol.Factory(false, false)),

		COMPACT(new TCompactProtocol.Factory()),

		JSON(new TJSONProtocol.Factory());

		private final TProtocolFactory factory;

		Protocol(TProtocolFactory factory) {
			this.factory = factory;
		}

		TProtocolFactory factory() {
			return this.factory;
		}

	}

	private record Callback(CompletableFuture<Object> result) implements AsyncMethodCallback<Object> {

		@Override
		public void onComplete(Object value) {
			this.result.complete(value);
		}

		@Override
		public void onError(Exception ex) {
			this.result.completeExceptionally(ex);
		}

	}

}
