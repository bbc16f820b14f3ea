package io.github.thriftboot.benchmarks.driver;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

import io.github.thriftboot.benchmarks.Workload;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The load driver: starts a server and a client process for each system, measures them in
 * turn, so that what else happens on the machine hits all of them, and writes the report.
 */
@Command(name = "run.sh", sortOptions = false, mixinStandardHelpOptions = true,
		description = "Compares ways to call a service. Every reply is checked.")
public final class Driver implements Callable<Integer> {

	private static final List<Workload> QUICK_WORKLOADS = List.of(Workload.SMALL_16, Workload.FLIGHT_1X128,
			Workload.MEDIUM_16, Workload.WAIT_256);

	/**
	 * How much longer a system is warmed up before the first workload: its JVMs are cold.
	 */
	private static final int FIRST_WARM_UP_FACTOR = 3;

	private static final int FAILED = 1;

	private static final int MAX_OTHERS_PERCENT = 10;

	@Spec
	private CommandSpec spec = CommandSpec.create();

	@Option(names = "--modules", split = ",", required = true, hidden = true)
	private List<Path> modules = List.of();

	@Option(names = "--quick",
			description = "Four workloads in one short round: less than four minutes, rough figures.")
	private boolean quick;

	@Option(names = "--systems", split = ",", paramLabel = "name", description = "Only these systems.")
	private List<String> systems = List.of();

	@Option(names = "--workloads", split = ",", paramLabel = "key", description = "Only these workloads.")
	private List<String> workloads = List.of();

	@Option(names = "--seconds", description = "How long to measure each time, 4 by default.")
	private @Nullable Double seconds;

	@Option(names = "--warm-up", paramLabel = "<seconds>",
			description = "How long to warm up for each workload, 3 by default; three times as long for the first.")
	private @Nullable Double warmUp;

	@Option(names = "--rounds", description = "How many times to measure, 5 by default.")
	private @Nullable Integer rounds;

	@Option(names = "--report", paramLabel = "<folder>",
			description = "Where to write performance.md and performance.svg, ${DEFAULT-VALUE} by default; "
					+ "in a performance.md that exists only the figures are replaced.")
	private Path report = Path.of("benchmarks", "target", "report");

	@Option(names = "--work", hidden = true)
	private Path work = Path.of("benchmarks", "target", "report");

	@Option(names = "--list", description = "Lists systems and workloads.")
	private boolean list;

	private final List<RunningSystem> running = new ArrayList<>();

	private final Samples samples = new Samples();

	private int status;

	/**
	 * Run the driver.
	 * @param args see {@code --help}
	 */
	public static void main(String[] args) {
		System.exit(commandLine().execute(args));
	}

	static CommandLine commandLine() {
		return new CommandLine(new Driver()).setExecutionExceptionHandler(Driver::tell);
	}

	private static int tell(Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
		if (failure instanceof WorkerFailedException) {
			command.getErr().println(failure.getMessage());
			return FAILED;
		}
		throw failure;
	}

	@Override
	public Integer call() throws IOException {
		Path logs = this.work.resolve("logs");
		List<SystemInfo> chosen = chooseSystems(logs);
		List<Workload> asked = chooseWorkloads();
		if (this.list) {
			chosen.forEach((system) -> say("%-24s %s", system.name(), system.description()));
			asked.forEach((workload) -> say("%-24s %s", workload.key(), workload.title()));
			return 0;
		}
		try {
			say("%s", Machine.describe());
			for (SystemInfo system : chosen) {
				say("start %s", system.name());
				this.running.add(RunningSystem.start(system, logs));
			}
			asked.forEach((workload) -> measure(workload, workload == asked.get(0)));
		}
		finally {
			this.running.forEach(RunningSystem::close);
		}
		Report result = new Report(this.samples, chosen, asked);
		result.writeAll(this.work);
		result.write(this.report);
		say("%nThe report is in %s, all figures and logs in %s", this.report, this.work);
		return this.status;
	}

	private List<Workload> chooseWorkloads() {
		if (this.workloads.isEmpty()) {
			return this.quick ? QUICK_WORKLOADS : List.of(Workload.values());
		}
		return this.workloads.stream().map(this::workload).toList();
	}

	private Workload workload(String key) {
		try {
			return Workload.of(key);
		}
		catch (IllegalArgumentException ex) {
			throw new CommandLine.ParameterException(this.spec.commandLine(), String.valueOf(ex.getMessage()));
		}
	}

	private List<SystemInfo> chooseSystems(Path logs) {
		List<SystemInfo> known = this.modules.stream()
			.flatMap((module) -> new SystemModule(module).systems(logs).stream())
			.toList();
		for (String name : this.systems) {
			if (known.stream().noneMatch((system) -> system.name().equals(name))) {
				throw new CommandLine.ParameterException(this.spec.commandLine(), "system: " + name
						+ " (expected: one of " + known.stream().map(SystemInfo::name).toList() + ")");
			}
		}
		return known.stream()
			.filter((system) -> this.systems.isEmpty() || this.systems.contains(system.name()))
			.toList();
	}

	/**
	 * Warm all systems up, then measure them round by round.
	 */
	private void measure(Workload workload, boolean first) {
		say("%n%s", workload.title());
		Duration time = duration(this.seconds, 4);
		Duration warmUpTime = duration(this.warmUp, 3).multipliedBy(first ? FIRST_WARM_UP_FACTOR : 1);
		int lastRound = (this.rounds != null) ? this.rounds : (this.quick ? 1 : 5);
		for (int round = 0; round <= lastRound; round++) {
			for (RunningSystem system : List.copyOf(this.running)) {
				if (workload.suits(system.info().asynchronous())) {
					measure(system, workload, round, (round == 0) ? warmUpTime : time);
				}
			}
		}
	}

	private void measure(RunningSystem system, Workload workload, int round, Duration time) {
		try {
			Sample sample = system.run(workload, round, time);
			if (sample.client().failures() > 0) {
				this.status = FAILED;
				warn("%s: %d calls failed, the first with: %s", system.info().name(), sample.client().failures(),
						sample.client().firstFailure());
			}
			if (round > 0) {
				this.samples.add(sample);
				say("  %d  %-24s %,12.0f calls/s   p50 %,8.0f µs   p99 %,8.0f µs%s", round, system.info().name(),
						sample.client().callsPerSecond(), sample.client().p50Micros(), sample.client().p99Micros(),
						disturbance(sample));
			}
		}
		catch (WorkerFailedException ex) {
			// the others go on: what they have measured would be lost
			this.status = FAILED;
			warn("%s is left out from now on: %s", system.info().name(), ex.getMessage());
			this.running.remove(system);
			system.close();
		}
	}

	private static String disturbance(Sample sample) {
		return (sample.othersPercent() < MAX_OTHERS_PERCENT) ? ""
				: String.format(Locale.ROOT, "   (others used %.0f %% of the processors)", sample.othersPercent());
	}

	private Duration duration(@Nullable Double seconds, int defaultSeconds) {
		double value = (seconds != null) ? seconds : (this.quick ? 1 : defaultSeconds);
		return Duration.ofMillis(Math.round(value * 1_000));
	}

	private void say(String format, @Nullable Object... args) {
		print(this.spec.commandLine().getOut(), format, args);
	}

	private void warn(String format, @Nullable Object... args) {
		print(this.spec.commandLine().getErr(), format, args);
	}

	private static void print(PrintWriter writer, String format, @Nullable Object... args) {
		writer.println(String.format(Locale.ROOT, format, args));
		writer.flush();
	}

}
