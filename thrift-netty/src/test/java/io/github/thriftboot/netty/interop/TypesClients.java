package io.github.thriftboot.netty.interop;

import java.util.function.Consumer;

import io.github.thriftboot.netty.client.ConnectionPool;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.NamesakeService;
import io.github.thriftboot.test.types.UuidService;

/**
 * Our clients of the services with all types, in one dialect.
 */
final class TypesClients {

	static final ThriftServiceDescriptor TYPES = ThriftServiceDescriptor.of(ExtendedService.class);

	static final ThriftServiceDescriptor UUIDS = ThriftServiceDescriptor.of(UuidService.class);

	static final ThriftServiceDescriptor NAMESAKE = ThriftServiceDescriptor.of(NamesakeService.class);

	private final TestRuntime runtime;

	private final ConnectionPool pool;

	private final Dialect dialect;

	private final boolean multiplexed;

	private final int port;

	TypesClients(TestRuntime runtime, Dialect dialect, boolean multiplexed, int port) {
		this.runtime = runtime;
		this.dialect = dialect;
		this.multiplexed = multiplexed;
		this.port = port;
		synchronized (runtime) {
			this.pool = runtime.pool();
		}
	}

	static NamesakeService.Iface namesake() {
		return () -> "namesake";
	}

	ExtendedService.Iface types() {
		return client(TYPES).as(ExtendedService.Iface.class);
	}

	UuidService.Iface uuids() {
		return client(UUIDS).as(UuidService.Iface.class);
	}

	NamesakeService.Iface namesakes() {
		return client(NAMESAKE).as(NamesakeService.Iface.class);
	}

	/**
	 * Make a client.
	 * @param service the service
	 * @return a new client
	 */
	TestClient client(ThriftServiceDescriptor service) {
		return client(service, (limits) -> {
		});
	}

	/**
	 * Make a client.
	 * @param service the service
	 * @param limits changes the limits of messages
	 * @return a new client
	 */
	TestClient client(ThriftServiceDescriptor service, Consumer<MessageLimits.Builder> limits) {
		// the clients of a test may be made on several threads
		synchronized (this.runtime) {
			return this.runtime.client(this.pool, service,
					(options) -> options.transport(this.dialect.transport())
						.protocol(this.dialect.protocol())
						.multiplexed(this.multiplexed)
						.limits(limits),
					TestRuntime.instances(this.port));
		}
	}

}
