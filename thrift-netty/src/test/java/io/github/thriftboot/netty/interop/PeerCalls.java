package io.github.thriftboot.netty.interop;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.Choice;
import io.github.thriftboot.test.types.Colour;
import io.github.thriftboot.test.types.Everything;
import io.github.thriftboot.test.types.Missing;
import io.github.thriftboot.test.types.Refused;
import io.github.thriftboot.test.types.Uuids;
import org.apache.thrift.TException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Calls every method of the test services at a peer's server.
 */
final class PeerCalls {

	/**
	 * Numbers that every peer can carry in every protocol.
	 */
	static final List<Double> PLAIN_DOUBLES = List.of(0.0, 1.5, -1e-300, 1e300);

	private final TestRuntime runtime;

	private final List<Double> doubles;

	private final Everything struct;

	/**
	 * Create the calls.
	 * @param runtime makes the clients
	 * @param doubles numbers that the peer can carry
	 * @param struct a struct that the peer can carry
	 */
	PeerCalls(TestRuntime runtime, List<Double> doubles, Everything struct) {
		this.runtime = runtime;
		this.doubles = doubles;
		this.struct = struct;
	}

	void callAll(PeerDialect dialect, int port) throws TException {
		TypesClients clients = clients(dialect, port);
		TestClient client = clients.client(TypesClients.TYPES);
		callTypes(client);
		callWithUnknownFields(client);
		callShapes(client);
		callExceptions(client);
		callOneway(client);
		callHeaders(client, dialect);
		callAtOnce(client);
		if (dialect.multiplexed()) {
			check(clients.client(TypesClients.NAMESAKE), "namesake", "noArguments");
		}
	}

	/**
	 * Call the methods with uuids, which not every peer knows.
	 * @param dialect how
	 * @param port where
	 * @throws TException if a call fails
	 */
	void callUuids(PeerDialect dialect, int port) throws TException {
		TestClient client = clients(dialect, port).client(TypesClients.UUIDS);
		Uuids several = TypesCorpus.uuids();
		echo(client, "echoUuid", several.getSeveral().toArray());
		echo(client, "echoUuids", several, new Uuids().setOne(several.getOne()));
	}

	private TypesClients clients(PeerDialect dialect, int port) {
		return new TypesClients(this.runtime,
				new Dialect(ThriftTransport.ofKey(dialect.transport()), ThriftProtocol.ofKey(dialect.protocol())),
				dialect.multiplexed(), port);
	}

	private static void check(TestClient client, Object expected, String method, Object... arguments)
			throws TException {
		Object actual = client.call(method, arguments);
		assertThat(actual).as(method).isEqualTo(expected);
	}

	private void callTypes(TestClient client) throws TException {
		echo(client, "echoBool", true, false);
		echo(client, "echoByte", Byte.MIN_VALUE, (byte) -1, (byte) 0, Byte.MAX_VALUE);
		echo(client, "echoShort", Short.MIN_VALUE, (short) -1, (short) 0, Short.MAX_VALUE);
		echo(client, "echoInt", TypesCorpus.INTS.toArray());
		echo(client, "echoLong", TypesCorpus.LONGS.toArray());
		echo(client, "echoDouble", this.doubles.toArray());
		echo(client, "echoString", TypesCorpus.STRINGS.toArray());
		echo(client, "echoBinary", ByteBuffer.allocate(0), ByteBuffer.wrap(TypesCorpus.bytes(25_600)));
		echo(client, "echoColour", (Object[]) Colour.values());
		echo(client, "echoChoice", TypesCorpus.choices().toArray());
		echo(client, "echoList", List.of(), TypesCorpus.INTS);
		echo(client, "echoSet", Set.of(), Set.copyOf(TypesCorpus.STRINGS));
		echo(client, "echoMap", Map.of(), Map.of("", 0L, "a", Long.MIN_VALUE));
		echo(client, "echoTree", TypesCorpus.tree(20));
		echo(client, "echo", new Everything(), this.struct);
	}

	private static void echo(TestClient client, String method, Object... values) throws TException {
		for (Object value : values) {
			check(client, value, method, value);
		}
	}

	/**
	 * Each side sends fields that the other one does not know.
	 */
	private static void callWithUnknownFields(TestClient client) throws TException {
		check(client, new Everything().setAString("newer"), "echo",
				new ForeignEverything(TypesCorpus.newer("newer")::write));
		check(client, new Everything().setAString(TypesHandler.NEWER), "echo",
				new Everything().setAString(TypesHandler.NEWER));
	}

	private static void callShapes(TestClient client) throws TException {
		check(client, new Everything().setAnInt(1).setAString("two"), "several", 1, "tw", new Everything(),
				Choice.text("o"));
		check(client, null, "nothing");
		check(client, "types", "noArguments");
		check(client, "own", "own", "own");
		check(client, "slow", "slow", 20, "slow");
	}

	private static void callExceptions(TestClient client) {
		assertThatThrownBy(() -> client.call("refuse", 4)).isEqualTo(new Refused(4, "refused", Choice.number(4)));
		assertThatThrownBy(() -> client.call("refuse", 5)).isEqualTo(new Missing("number 5"));
	}

	private static void callOneway(TestClient client) throws TException {
		client.call("note", "noted");
		await("the note").untilAsserted(() -> check(client, List.of("noted"), "notes"));
	}

	private static void callHeaders(TestClient client, PeerDialect dialect) throws TException {
		try (CallHeaders headers = CallHeaders.open()) {
			headers.put("tenant", "acme").put("grüße", "世界").put("empty", "");
			Map<String, String> received = client.call("headers");
			if (dialect.transport().equals("header")) {
				assertThat(received).containsAllEntriesOf(headers.request());
			}
			else {
				assertThat(received).isEmpty();
			}
		}
	}

	private static void callAtOnce(TestClient client) {
		List<CompletableFuture<Object>> calls = IntStream.range(0, 50)
			.mapToObj((number) -> (number % 10 != 0) ? client.callAsync("echoInt", number)
					: client.callAsync("slow", 10, "slow " + number))
			.toList();
		List<Object> values = calls.stream().map(CompletableFuture::join).toList();
		assertThat(values).isEqualTo(IntStream.range(0, 50)
			.<Object>mapToObj((number) -> (number % 10 != 0) ? (Object) number : "slow " + number)
			.toList());
	}

}
