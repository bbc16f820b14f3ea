package io.github.thriftboot.netty.interop;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.UnprocessedException;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.Tree;
import io.github.thriftboot.test.types.TypesService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TProtocolException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that limits which were changed hold on both sides, and that what is over one
 * fails alone. Those of frames are in {@code SizeLimitIntegrationTests}.
 */
class LimitsIntegrationTests {

	private static final Dialect HEADER = new Dialect(ThriftTransport.HEADER, ThriftProtocol.BINARY);

	private static final Consumer<MessageLimits.Builder> UNCHANGED = (limits) -> {
	};

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	private ThriftServer server;

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void lengthsOfStringsAndContainers(Dialect dialect) throws Exception {
		Consumer<MessageLimits.Builder> small = (limits) -> limits.maxStringLength(100).maxContainerLength(10);
		List<Integer> numbers = IntStream.range(0, 11).boxed().toList();

		TestClient client = client(dialect, small, UNCHANGED);
		assertPasses(client, "echoString", "x".repeat(100));
		assertPasses(client, "echoList", numbers.subList(1, 11));
		assertRefused("max-string-length 100", () -> client.call("echoString", "x".repeat(101)));
		assertRefused("max-string-length 100", () -> client.call("echoBinary", ByteBuffer.allocate(101)));
		assertRefused("max-container-length 10", () -> client.call("echoList", numbers));
		assertConnectionIsKept(client);

		TestClient smallClient = client(dialect, UNCHANGED, small);
		assertPasses(smallClient, "echoString", "x".repeat(100));
		assertPasses(smallClient, "echoList", numbers.subList(1, 11));
		assertUnusable("max-string-length 100", () -> smallClient.call("echoString", "x".repeat(101)));
		assertUnusable("max-container-length 10", () -> smallClient.call("echoList", numbers));
		assertConnectionIsKept(smallClient);
	}

	@ParameterizedTest
	@MethodSource("io.github.thriftboot.netty.interop.Wire#dialects")
	void recursionDepth(Dialect dialect) throws Exception {
		Consumer<MessageLimits.Builder> deep = (limits) -> limits.maxRecursionDepth(500);
		Consumer<MessageLimits.Builder> flat = (limits) -> limits.maxRecursionDepth(5);
		// the struct of the arguments is one more
		Tree four = TypesCorpus.tree(4);
		Tree five = TypesCorpus.tree(5);

		TestClient deepClient = client(dialect, deep, deep);
		assertPasses(deepClient, "echoTree", TypesCorpus.tree(499));
		TestClient usualServer = client(dialect, UNCHANGED, deep);
		assertRefused("max-recursion-depth 64", () -> usualServer.call("echoTree", TypesCorpus.tree(70)));
		assertConnectionIsKept(usualServer);
		TestClient flatServer = client(dialect, flat, UNCHANGED);
		assertPasses(flatServer, "echoTree", four);
		assertRefused("max-recursion-depth 5", () -> flatServer.call("echoTree", five));
		assertConnectionIsKept(flatServer);
		TestClient flatClient = client(dialect, UNCHANGED, flat);
		assertPasses(flatClient, "echoTree", four);
		assertUnusable("max-recursion-depth 5", () -> flatClient.call("echoTree", five));
		assertConnectionIsKept(flatClient);
	}

	@Test
	void errorsAreToldInFull() {
		Consumer<MessageLimits.Builder> tiny = (limits) -> limits.maxStringLength(1);
		ThriftServer overloaded = this.runtime
			.start(ServerInteropIntegrationTests.builder(new TypesHandler()).executor((call) -> {
				throw new RejectedExecutionException();
			}));
		for (Dialect dialect : Wire.dialects()) {
			TestClient client = client(dialect, tiny, tiny);
			TestClient rejected = new TypesClients(this.runtime, dialect, true, overloaded.port())
				.client(TypesClients.TYPES, tiny);

			assertRefused("max-string-length 1 ", () -> client.call("echoString", "ab"));
			assertThatExceptionOfType(UnprocessedException.class).isThrownBy(() -> rejected.call("nothing"))
				.withMessageContaining("not processed: overloaded");
		}
	}

	@Test
	void headers() throws Exception {
		Consumer<MessageLimits.Builder> many = (limits) -> limits.maxHeaders(200).maxHeaderSize(32 * 1024);
		Consumer<MessageLimits.Builder> small = (limits) -> limits.maxHeaderSize(1_050);

		TestClient client = client(HEADER, many, many);
		TestClient usualServer = client(HEADER, UNCHANGED, many);
		TestClient usualClient = client(HEADER, many, UNCHANGED);
		TestClient smallClient = client(HEADER, many, small);
		try (CallHeaders headers = CallHeaders.open()) {
			for (int i = 0; i < 60; i++) {
				headers.put("a" + i, "1234567");
			}
			assertThat(usualClient.<Map<String, String>>call("headers")).containsAllEntriesOf(headers.request());
			assertThat(headers.reply()).hasSize(60);
			// what comes back is larger
			assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> smallClient.call("headers"))
				.isNotInstanceOf(RemoteApplicationException.class)
				.withMessageContaining("max-header-size 1050 ");
			for (int i = 0; i < 100; i++) {
				headers.put("b" + i, "v".repeat(100));
			}
			assertThat(client.<Map<String, String>>call("headers")).containsAllEntriesOf(headers.request());
			assertThat(headers.reply()).hasSize(160);
			assertRefused("max-headers 64 in max-header-size 8192", () -> usualServer.call("headers"));
			assertThatExceptionOfType(RequestEncodingException.class).isThrownBy(() -> usualClient.call("headers"))
				.withStackTraceContaining("headers: 161 in ")
				.withStackTraceContaining("max-headers 64 in max-header-size 8192");
		}
		for (TestClient each : List.of(usualServer, usualClient, smallClient)) {
			assertThat(each.<String>call("noArguments")).isEqualTo("types");
		}
	}

	@Test
	void decompressedSizeAndRatio() throws Exception {
		byte[] random = new byte[50_000];
		new Random(1).nextBytes(random);
		ByteBuffer large = ByteBuffer.wrap(random);
		// forty times its compressed form
		ByteBuffer dense = ByteBuffer.wrap(Arrays.copyOf(random, 2_000_000));
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("thrift-accept-transform", "zlib");
			TestClient usual = client(HEADER, UNCHANGED, UNCHANGED);
			assertPasses(usual, "echoBinary", dense);
			assertPasses(usual, "echoBinary", large);
			TestClient small = client(HEADER, UNCHANGED, (limits) -> limits.maxDecompressedSize(40_000));
			assertNotInflated("max-decompressed-size 40000", () -> small.call("echoBinary", large));
			assertConnectionIsKept(small);
			TestClient strict = client(HEADER, UNCHANGED, (limits) -> limits.maxCompressionRatio(2));
			assertNotInflated("max-compression-ratio 2)", () -> strict.call("echoBinary", dense));
			assertConnectionIsKept(strict);
		}
	}

	private static void assertNotInflated(String limit, ThrowingCallable call) {
		assertThatExceptionOfType(TApplicationException.class).isThrownBy(call)
			.withMessageContaining(limit)
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM));
	}

	@Test
	void decompressedSizeAndRatioOfTheServer() throws Exception {
		client(HEADER, (limits) -> limits.maxDecompressedSize(40_000), UNCHANGED);
		assertInflated(39_000, true, "");
		assertInflated(40_000, false, "max-decompressed-size 40000");
		client(HEADER, (limits) -> limits.maxCompressionRatio(10_000), UNCHANGED);
		assertInflated(3_000_000, true, "");
		client(HEADER, UNCHANGED, UNCHANGED);
		assertInflated(3_000_000, false, "max-compression-ratio 100)");
	}

	private void assertInflated(int size, boolean expected, String limit) throws Exception {
		byte[] request = Wire.call(ThriftProtocol.BINARY, "echoBinary", 1,
				new TypesService.echoBinary_args(ByteBuffer.allocate(size)));
		try (DialectConnection connection = DialectConnection.open(this.server.port(), HEADER)) {
			connection.write(Wire.compressed(HEADER, 1, request));

			TApplicationException error = connection.receive(null).error();

			if (expected) {
				assertThat(error).isNull();
			}
			else {
				assertThat(error).hasMessageContaining(limit);
				assertThat(error.getType()).isEqualTo(TApplicationException.INVALID_TRANSFORM);
			}
		}
	}

	private static void assertPasses(TestClient client, String method, Object value) throws Exception {
		Object echoed = client.call(method, value);
		assertThat(echoed).isEqualTo(value);
	}

	private static void assertRefused(String limit, ThrowingCallable call) {
		assertThatExceptionOfType(RemoteApplicationException.class).isThrownBy(call)
			.withMessageContaining(limit)
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR));
	}

	private static void assertUnusable(String limit, ThrowingCallable call) {
		assertThatExceptionOfType(TProtocolException.class).isThrownBy(call).withMessageContaining(limit);
	}

	private void assertConnectionIsKept(TestClient client) throws Exception {
		assertThat(client.<String>call("noArguments")).isEqualTo("types");
		assertThat(TestRuntime.connections(this.server)).isOne();
	}

	private TestClient client(Dialect dialect, Consumer<MessageLimits.Builder> serverLimits,
			Consumer<MessageLimits.Builder> clientLimits) {
		this.server = this.runtime
			.start(ServerInteropIntegrationTests.builder(new TypesHandler()).limits(serverLimits));
		return new TypesClients(this.runtime, dialect, true, this.server.port()).client(TypesClients.TYPES,
				clientLimits);
	}

}
