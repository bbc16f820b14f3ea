package io.github.thriftboot.benchmarks.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;
import io.github.thriftboot.benchmarks.DaemonThreads;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Workload;

/**
 * The main class of the processes that the driver starts. They are told what to do by
 * lines on the standard input and answer by lines on the standard output; everything else
 * that is printed goes to the error stream. They end when the standard input ends, so
 * they never outlive the driver.
 *
 * <pre>
 * list                               system NAME ASYNCHRONOUS DESCRIPTION, for each; then done
 * server NAME                        ready PORT-COMPUTE PORT-WAIT
 *   begin                            ok
 *   end                              usage CPU-NANOS BYTES
 * client NAME PORT-COMPUTE PORT-WAIT ready
 *   run WORKLOAD MILLIS              begun; then result ...
 * </pre> What does not work is answered with {@code failed} and a reason.
 */
public final class Worker {

	private final PrintStream out;

	private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();

	private Worker(PrintStream out) {
		this.out = out;
	}

	/**
	 * Run a worker until the standard input ends.
	 * @param args what it is, see above
	 */
	public static void main(String[] args) {
		PrintStream out = System.out;
		System.setOut(System.err);
		Worker worker = new Worker(out);
		new DaemonThreads("commands").newThread(worker::readCommands).start();
		try {
			worker.run(args);
		}
		catch (Throwable ex) {
			worker.failed(ex);
		}
		// whatever threads a system has left
		Runtime.getRuntime().halt(0);
	}

	private void readCommands() {
		try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				this.commands.add(line);
			}
		}
		catch (IOException ex) {
			// the driver is gone
		}
		Runtime.getRuntime().halt(0);
	}

	private void run(String[] args) throws Exception {
		switch (args[0]) {
			case "list" -> list();
			case "server" -> serve(find(args[1]));
			case "client" -> call(find(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
			default -> throw new IllegalArgumentException("unknown worker " + args[0]);
		}
	}

	private static BenchmarkSystem find(String name) {
		return BenchmarkSystemProvider.available()
			.stream()
			.filter((system) -> system.name().equals(name))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("no system is named " + name));
	}

	private void list() {
		for (BenchmarkSystem system : BenchmarkSystemProvider.available()) {
			say("system " + system.name() + " " + system.asynchronous() + " " + system.description());
		}
		say("done");
	}

	private void serve(BenchmarkSystem system) throws Exception {
		try (BenchmarkServer compute = system.startServer(HandlerLoad.COMPUTE);
				BenchmarkServer wait = system.startServer(HandlerLoad.WAIT)) {
			say("ready " + compute.port() + " " + wait.port());
			ResourceUse before = ResourceUse.now();
			while (true) {
				if (this.commands.take().equals("begin")) {
					before = ResourceUse.now();
					say("ok");
				}
				else {
					say("usage " + ResourceUse.now().since(before).toLine());
				}
			}
		}
	}

	private void call(BenchmarkSystem system, int computePort, int waitPort) throws Exception {
		Probe probe = new Probe(system);
		probe.run(computePort, 1);
		probe.run(waitPort, 1);
		say("ready");
		while (true) {
			String[] words = this.commands.take().split(" ");
			Workload workload = Workload.of(words[1]);
			int port = (workload.handlerLoad() == HandlerLoad.WAIT) ? waitPort : computePort;
			try {
				RunResult result = new Measurement(system, workload).run(port, Long.parseLong(words[2]),
						() -> say("begun"));
				say("result " + result.toLine());
			}
			catch (Exception ex) {
				failed(ex);
			}
		}
	}

	private void failed(Throwable failure) {
		failure.printStackTrace();
		say("failed " + oneLine(failure));
	}

	private void say(String line) {
		this.out.println(line);
		this.out.flush();
	}

	static String oneLine(Throwable failure) {
		return Arrays.stream(failure.toString().split("\\s+")).reduce((one, two) -> one + " " + two).orElse("");
	}

}
