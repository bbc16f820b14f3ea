package io.github.thriftboot.netty.interop;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.types.Colour;
import io.github.thriftboot.test.types.Everything;
import io.github.thriftboot.test.types.Point;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests with a client and a server in Node. Its client speaks no THeader.
 */
class NodePeerTests {

	@RegisterExtension
	static final Peer node = Peer.node();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	static Stream<PeerDialect> dialectsOfClient() {
		return PeerDialect.of(List.of("framed", "unframed"), List.of("binary", "compact", "json"));
	}

	@ParameterizedTest
	@MethodSource("dialectsOfClient")
	void nodeCallsOurServer(PeerDialect dialect) throws Exception {
		node.callsServer(dialect, ServerInteropIntegrationTests.startServer(this.runtime, new TypesHandler()).port(),
				TypesClients.TYPES, TypesClients.UUIDS);
	}

	static Stream<PeerDialect> dialectsOfServer() {
		return Stream.concat(PeerDialect.of(List.of("header"), List.of("binary", "compact")), dialectsOfClient());
	}

	@ParameterizedTest
	@MethodSource("dialectsOfServer")
	void ourClientCallsNode(PeerDialect dialect) throws Exception {
		// it loses the sign of zero
		List<Double> doubles = PeerCalls.PLAIN_DOUBLES;
		Everything struct = TypesCorpus.full().setADouble(1.5).setDoubles(doubles);
		switch (dialect.protocol()) {
			// reads every boolean in a container as false
			case "compact" -> struct.setBools(List.of(false));
			// loses the key after an empty list or set
			case "json" -> struct.setByColour(Map.of(Colour.GREEN, List.of(new Point(1, 2))))
				.setNested(List.of(Map.of(), Map.of(-1, Set.of("x", "y"))));
			default -> {
				// has no such flaw
			}
		}
		PeerCalls calls = new PeerCalls(this.runtime, doubles, struct);
		node.isCalled(dialect, (port) -> {
			calls.callAll(dialect, port);
			calls.callUuids(dialect, port);
		});
	}

}
