package io.github.thriftboot.netty.interop;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.netty.client.ConnectionLostException;
import io.github.thriftboot.netty.protocol.Dialect;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.test.BufferLeakListener;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TProtocolException;

/**
 * A server, or clients, in a process of their own with a heap of 128 MB. It dies of the
 * first {@link OutOfMemoryError}, whether or not somebody would have caught it.
 * <p>
 * A server first tells its port, and then for every line the CPU time that its threads
 * have used. Clients make a call for every line and tell what came of it and the CPU time
 * it took. The line {@value #END} closes either of them.
 */
public final class SmallHeapProcess {

	static final String SERVER = "server";

	static final String CLIENT = "client";

	static final String END = "end";

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

	private final TestRuntime runtime = new TestRuntime();

	private final Map<String, TypesClients> clients = new HashMap<>();

	private final Map<String, TestClient> channels = new HashMap<>();

	private SmallHeapProcess() {
	}

	/**
	 * Start a process.
	 * @param role {@link #SERVER} or {@link #CLIENT}
	 * @return the process, to be asked
	 */
	static PeerProcess start(String role) {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
				"-Xmx128m", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"));
		System.getProperties().forEach((name, value) -> {
			if (name.toString().startsWith("io.netty.leakDetection") || name.equals("thriftboot.leaks-file")) {
				command.add("-D" + name + "=" + value);
			}
		});
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), SmallHeapProcess.class.getName(), role));
		return PeerProcess.start(Path.of("target", "small-heap-" + role + ".log").toAbsolutePath(), Map.of(), command);
	}

	/**
	 * Run until the input ends or tells to end.
	 * @param args the role
	 * @throws Exception if something is left over at the end
	 */
	public static void main(String[] args) throws Exception {
		PrintStream output = System.out;
		// where logs belong
		System.setOut(System.err);
		BufferLeakListener leaks = new BufferLeakListener();
		leaks.launcherSessionOpened(null);
		SmallHeapProcess process = new SmallHeapProcess();
		if (args[0].equals(SERVER)) {
			output.println(ServerInteropIntegrationTests.startServer(process.runtime, new TypesHandler()).port());
		}
		BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = input.readLine(); line != null && !line.equals(END); line = input.readLine()) {
			output.println(args[0].equals(SERVER) ? String.valueOf(cpuNanos()) : process.call(line));
		}
		process.runtime.afterEach(null);
		leaks.launcherSessionClosed(null);
		output.println(END);
	}

	private static long cpuNanos() {
		long nanos = 0;
		for (long thread : THREADS.getAllThreadIds()) {
			// -1 for a thread that has ended meanwhile
			nanos += Math.max(0, THREADS.getThreadCpuTime(thread));
		}
		return nanos;
	}

	/**
	 * Make a call.
	 * @param line transport, protocol, port and method
	 * @return the outcome
	 */
	private String call(String line) {
		String[] words = line.split(" ");
		ThriftServiceDescriptor service = TypesClients.UUIDS.methods().containsKey(words[3]) ? TypesClients.UUIDS
				: TypesClients.TYPES;
		TypesClients family = this.clients.computeIfAbsent(words[2],
				(port) -> new TypesClients(this.runtime,
						new Dialect(ThriftTransport.valueOf(words[0]), ThriftProtocol.valueOf(words[1])), false,
						Integer.parseInt(port)));
		String key = words[2] + service.name();
		TestClient client = this.channels.computeIfAbsent(key, (name) -> family.client(service));
		long before = cpuNanos();
		Outcome outcome = call(client, words[3]);
		long nanos = cpuNanos() - before;
		if (outcome.failure().equals(ConnectionLostException.class.getSimpleName())) {
			// the next call shall not wait until there may be another attempt to connect
			this.channels.values().forEach((each) -> each.channel().close());
			this.channels.clear();
		}
		return outcome.withNanos(nanos).toLine();
	}

	private static Outcome call(TestClient client, String method) {
		try {
			Object value = client.call(TIMEOUT, method, (Object) null);
			return new Outcome("", 0, String.valueOf(value), 0);
		}
		catch (Exception ex) {
			int type = (ex instanceof TApplicationException error) ? error.getType()
					: (ex instanceof TProtocolException error) ? error.getType() : 0;
			return new Outcome(ex.getClass().getSimpleName(), type, String.valueOf(ex.getMessage()), 0);
		}
	}

	/**
	 * What came of a call.
	 *
	 * @param failure the class of the exception, empty if there was none
	 * @param type its type
	 * @param text its message, or the value
	 * @param nanos the CPU time of the call
	 */
	record Outcome(String failure, int type, String text, long nanos) {

		private Outcome withNanos(long newNanos) {
			return new Outcome(this.failure, this.type, this.text, newNanos);
		}

		private String toLine() {
			return String.join("\t", this.failure, String.valueOf(this.type), String.valueOf(this.nanos),
					this.text.replaceAll("\\s", " "));
		}

		static Outcome parse(String line) {
			String[] words = line.split("\t", 4);
			return new Outcome(words[0], Integer.parseInt(words[1]), words[3], Long.parseLong(words[2]));
		}

	}

}
