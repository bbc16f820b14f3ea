package io.github.thriftboot.netty.interop;

import java.lang.reflect.Proxy;
import java.time.Duration;

import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.TypesService;
import org.apache.thrift.TApplicationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with an asynchronous handler that never completes a call.
 */
class AsyncHandlerIntegrationTests {

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void callIsAnsweredAtTheHandlerTimeout(Dialect dialect) throws Exception {
		DialectConnection connection = open(Duration.ofMillis(100), dialect);

		connection.call("noArguments", 5, new TypesService.noArguments_args());

		assertInternalError(connection);
	}

	@Test
	void callIsAnsweredAtTheDeadlineOfItsCaller() throws Exception {
		DialectConnection connection = open(Duration.ofMinutes(10),
				new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY));

		connection.write(Wire.envelope(5, 0, Wire.bytes(0, 0, 1, 1, "client_timeout", "100"),
				Wire.call(ThriftProtocol.BINARY, "noArguments", 5, new TypesService.noArguments_args())));

		assertInternalError(connection);
	}

	private static void assertInternalError(DialectConnection connection) throws Exception {
		DialectConnection.Message reply = connection.receive(null);
		assertThat(reply.head().name).isEqualTo("noArguments");
		assertThat(reply.head().seqid).isEqualTo(5);
		assertThat(reply.error().getType()).isEqualTo(TApplicationException.INTERNAL_ERROR);
	}

	private DialectConnection open(Duration handlerTimeout, Dialect dialect) throws Exception {
		Class<?> iface = ExtendedService.AsyncIface.class;
		Object silent = Proxy.newProxyInstance(iface.getClassLoader(), new Class<?>[] { iface },
				(proxy, method, arguments) -> null);
		ThriftServer server = this.runtime.start(ThriftServer.builder()
			.service("ExtendedService", TypesClients.TYPES, silent)
			.handlerTimeout(handlerTimeout));
		return this.runtime.closing(DialectConnection.open(server.port(), dialect));
	}

}
