package io.github.thriftboot.benchmarks.driver;

import java.nio.file.Path;
import java.time.Duration;

import io.github.thriftboot.benchmarks.Workload;
import io.github.thriftboot.benchmarks.worker.RunResult;
import io.github.thriftboot.benchmarks.worker.Usage;

/**
 * The two processes of a system.
 */
final class RunningSystem implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

	private final SystemInfo info;

	private final WorkerProcess server;

	private final WorkerProcess client;

	private RunningSystem(SystemInfo info, WorkerProcess server, WorkerProcess client) {
		this.info = info;
		this.server = server;
		this.client = client;
	}

	/**
	 * Start the processes and wait until they have made some calls.
	 * @param info the system
	 * @param logs where their error streams go
	 * @return the running system
	 */
	static RunningSystem start(SystemInfo info, Path logs) {
		WorkerProcess server = start(info, logs, "server");
		WorkerProcess client = null;
		try {
			String[] ports = server.await("ready", START_TIMEOUT).split(" ");
			client = start(info, logs, "client", ports);
			client.await("ready", START_TIMEOUT);
			return new RunningSystem(info, server, client);
		}
		catch (RuntimeException ex) {
			server.close();
			if (client != null) {
				client.close();
			}
			throw ex;
		}
	}

	private static WorkerProcess start(SystemInfo info, Path logs, String role, String... ports) {
		String[] args = new String[2 + ports.length];
		args[0] = role;
		args[1] = info.name();
		System.arraycopy(ports, 0, args, 2, ports.length);
		return WorkerProcess.start("the " + role + " of " + info.name(), info.module().command(args),
				logs.resolve(info.name() + "-" + role + ".log"));
	}

	SystemInfo info() {
		return this.info;
	}

	/**
	 * Run a workload.
	 * @param workload the workload
	 * @param round the number of the round
	 * @param duration how long to measure
	 * @return what came out
	 */
	Sample run(Workload workload, int round, Duration duration) {
		this.client.send("run " + workload.key() + " " + duration.toMillis());
		this.client.await("begun", ANSWER_TIMEOUT);
		this.server.send("begin");
		this.server.await("ok", ANSWER_TIMEOUT);
		ProcessorTime time = new ProcessorTime();
		RunResult result = RunResult.parse(this.client.await("result", duration.plus(ANSWER_TIMEOUT)));
		this.server.send("end");
		Usage usage = Usage.parse(this.server.await("usage", ANSWER_TIMEOUT));
		double others = time.percentOfOthers(result.usage().cpuNanos() + usage.cpuNanos());
		return new Sample(round, workload, this.info.name(), result, usage, others);
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
	}

}
