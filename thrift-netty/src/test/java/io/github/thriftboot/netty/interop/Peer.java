package io.github.thriftboot.netty.interop;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client and a server in another language, made from the test IDL before the tests of a
 * class and ended after them.
 */
final class Peer implements BeforeAllCallback, AfterAllCallback {

	private static final Path TARGET = InteropResults.DIRECTORY;

	private static final Path SOURCES = Path.of("src", "test", "peers").toAbsolutePath();

	private final String name;

	private final String suffix;

	private final String generator;

	private final String pathVariable;

	private final Supplier<String> interpreter;

	private final InteropResults results;

	private String version = "";

	private PeerProcess client;

	private PeerProcess server;

	private Peer(String name, String suffix, String generator, String pathVariable, Supplier<String> interpreter) {
		this.name = name;
		this.suffix = suffix;
		this.generator = generator;
		this.pathVariable = pathVariable;
		this.interpreter = interpreter;
		this.results = new InteropResults(name);
	}

	static Peer python() {
		return new Peer("python", ".py", "py", "PYTHONPATH", Peer::findPython);
	}

	/**
	 * Find the interpreter for which the package of the operating system is installed: it
	 * need not be the first one on the path.
	 */
	private static String findPython() {
		return Stream.of("/usr/bin/python3", "python3")
			.filter((python) -> python.equals("python3") || Files.exists(Path.of(python)))
			.filter((python) -> PeerProcess.succeeds(TARGET.resolve("find-python.log"), python, "-c", "import thrift"))
			.findFirst()
			.orElseThrow(() -> new AssertionError("no python3 has the package thrift; .ci/run shows what to install"));
	}

	static Peer node() {
		return new Peer("node", ".js", "js:node,es6", "NODE_PATH", Peer::findNode);
	}

	private static String findNode() {
		assertThat(SOURCES.resolve("node/node_modules/thrift")).as("made by npm; .ci/run shows how").isDirectory();
		return "node";
	}

	@Override
	public void beforeAll(ExtensionContext context) throws IOException {
		Path generated = Files.createDirectories(TARGET.resolve(this.name));
		String command = this.interpreter.get();
		Path generatorLog = TARGET.resolve(this.name + "-generator.log");
		assertThat(PeerProcess.succeeds(generatorLog, "thrift", "--gen", this.generator, "-out", generated.toString(),
				"src/test/thrift/types.thrift"))
			.as("the Thrift compiler succeeds, see %s", generatorLog)
			.isTrue();
		this.client = start(command, "client", generated);
		this.server = start(command, "server", generated);
		this.version = this.client.answer();
		assertThat(this.server.answer()).isEqualTo(this.version);
	}

	private PeerProcess start(String command, String program, Path generated) {
		Path source = SOURCES.resolve(this.name);
		Map<String, String> environment = Map.of(this.pathVariable,
				generated + File.pathSeparator + source.resolve("node_modules"), "PYTHONDONTWRITEBYTECODE", "1");
		return PeerProcess.start(TARGET.resolve(this.name + "-" + program + ".log"), environment,
				List.of(command, source.resolve(program + this.suffix).toString()));
	}

	/**
	 * Let its client call every method of test services.
	 * @param dialect how
	 * @param port where
	 * @param services the services that it knows
	 */
	void callsServer(PeerDialect dialect, int port, ThriftServiceDescriptor... services) throws Exception {
		this.results.record(this.version, InteropResult.TO_SERVER, dialect, () -> {
			String answer = this.client.ask(port + " " + dialect);
			assertThat(answer).as("log: %s", this.client.log()).endsWith("\"failures\":[]}");
			for (ThriftServiceDescriptor service : services) {
				for (String method : service.methods().keySet()) {
					assertThat(answer).contains("\"" + method + "\"");
				}
			}
		});
	}

	/**
	 * Let its server be called.
	 * @param dialect how
	 * @param calls makes calls to a port
	 */
	void isCalled(PeerDialect dialect, Calls calls) throws Exception {
		this.results.record(this.version, InteropResult.FROM_CLIENT, dialect, () -> {
			String answer = this.server.ask(dialect.toString());
			assertThat(answer).matches("\\{\"port\":\\d+}");
			try {
				calls.call(Integer.parseInt(answer.replaceAll("\\D", "")));
			}
			catch (AssertionError | Exception ex) {
				throw new AssertionError(ex + "; log of the server: " + this.server.log(), ex);
			}
		});
	}

	@Override
	public void afterAll(ExtensionContext context) throws Exception {
		for (PeerProcess process : new PeerProcess[] { this.client, this.server }) {
			if (process != null) {
				process.close();
			}
		}
		this.results.afterAll(context);
	}

	/**
	 * Calls a server.
	 */
	interface Calls {

		void call(int port) throws Exception;

	}

}
