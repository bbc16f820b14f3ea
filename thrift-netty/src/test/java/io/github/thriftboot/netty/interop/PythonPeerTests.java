package io.github.thriftboot.netty.interop;

import java.util.List;
import java.util.stream.Stream;

import io.github.thriftboot.netty.test.TestRuntime;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests with a client and a server in Python.
 */
class PythonPeerTests {

	@RegisterExtension
	static final Peer python = Peer.python();

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	static Stream<PeerDialect> dialectsOfClient() {
		return Stream.concat(PeerDialect.of(List.of("header", "header+zlib"), List.of("binary", "compact")),
				PeerDialect.of(List.of("framed", "unframed"), List.of("binary", "old-binary", "compact", "json")));
	}

	@ParameterizedTest
	@MethodSource("dialectsOfClient")
	void pythonCallsOurServer(PeerDialect dialect) throws Exception {
		python.callsServer(dialect, ServerInteropIntegrationTests.startServer(this.runtime, new TypesHandler()).port(),
				TypesClients.TYPES);
	}

	static Stream<PeerDialect> dialectsOfServer() {
		return Stream.concat(PeerDialect.of(List.of("header"), List.of("binary", "compact")),
				PeerDialect.of(List.of("framed", "unframed"), List.of("binary", "compact", "json")));
	}

	@ParameterizedTest
	@MethodSource("dialectsOfServer")
	void ourClientCallsPython(PeerDialect dialect) throws Exception {
		// its JSON has names of its own for infinity and NaN
		List<Double> doubles = dialect.protocol().equals("json") ? PeerCalls.PLAIN_DOUBLES : TypesCorpus.DOUBLES;
		PeerCalls calls = new PeerCalls(this.runtime, doubles, TypesCorpus.full().setDoubles(doubles));
		python.isCalled(dialect, (port) -> calls.callAll(dialect, port));
	}

}
