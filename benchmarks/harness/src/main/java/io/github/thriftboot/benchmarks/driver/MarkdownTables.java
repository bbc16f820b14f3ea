package io.github.thriftboot.benchmarks.driver;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

import io.github.thriftboot.benchmarks.Workload;

/**
 * The figures as Markdown: a table for each kind of figure, a row for each system, a
 * column for each workload.
 */
final class MarkdownTables {

	private static final String NOTHING = "–";

	private final Samples samples;

	private final List<SystemInfo> systems;

	private final List<Workload> workloads;

	MarkdownTables(Samples samples, List<SystemInfo> systems, List<Workload> workloads) {
		this.samples = samples;
		this.systems = systems;
		this.workloads = workloads;
	}

	String text() {
		int rounds = this.samples.all().stream().mapToInt(Sample::round).max().orElse(0);
		double seconds = this.samples.all().stream().mapToDouble((sample) -> sample.client().seconds()).min().orElse(0);
		StringBuilder text = new StringBuilder();
		double[] others = this.samples.all().stream().mapToDouble(Sample::othersPercent).sorted().toArray();
		text.append(String.format(Locale.ROOT,
				"%nMeasured on %s: %s. Medians of %d rounds of %.1f s. "
						+ "Other processes used %.0f %% of the processors (median; at most %.0f %%).%n",
				LocalDate.now(ZoneOffset.UTC), Machine.describe(), rounds, seconds, others[others.length / 2],
				others[others.length - 1]));
		section(text, "Calls a second", "In brackets the ratio to `bare` in the same round. The last column is a "
				+ "latency in µs: less is better.", this::value);
		section(text, "Latency", "Median / 99 % in µs.",
				(workload, system) -> pair(workload, system, (sample) -> sample.client().p50Micros(),
						(sample) -> sample.client().p99Micros(), MarkdownTables::rounded));
		section(text, "Allocation", "Bytes a call, client / server.", (workload, system) -> pair(workload, system,
				Sample::clientBytesPerCall, Sample::serverBytesPerCall, MarkdownTables::rounded));
		section(text, "Processor time", "µs a call, client / server, compiler and garbage collector included.",
				(workload, system) -> pair(workload, system, Sample::clientCpuMicrosPerCall,
						Sample::serverCpuMicrosPerCall, (value) -> String.format(Locale.ROOT, "%,.1f", value)));
		text.append("\n### Systems\n\n| system | what it is |\n|---|---|\n");
		this.systems.forEach((system) -> text.append("| " + system.name() + " | " + system.description() + " |\n"));
		return text.append('\n').toString();
	}

	private void section(StringBuilder text, String title, String explanation,
			BiFunction<Workload, String, String> cell) {
		text.append("\n### ").append(title).append("\n\n").append(explanation).append("\n\n| system |");
		this.workloads.forEach((workload) -> text.append(' ').append(workload.title()).append(" |"));
		text.append("\n|---|").append("---:|".repeat(this.workloads.size())).append('\n');
		for (SystemInfo system : this.systems) {
			text.append("| ").append(system.name()).append(" |");
			this.workloads
				.forEach((workload) -> text.append(' ').append(cell.apply(workload, system.name())).append(" |"));
			text.append('\n');
		}
	}

	private String value(Workload workload, String system) {
		OptionalDouble value = this.samples.median(workload, system, Sample::value);
		if (value.isEmpty()) {
			return NOTHING;
		}
		OptionalDouble ratio = this.samples.ratio(workload, system, Samples.REFERENCE);
		String text = rounded(value.getAsDouble());
		if (ratio.isPresent()) {
			text += String.format(Locale.ROOT, " (%.2f)", ratio.getAsDouble());
		}
		long failures = this.samples.failures(workload, system);
		return (failures > 0) ? text + ", " + failures + " failed" : text;
	}

	private String pair(Workload workload, String system, ToDoubleFunction<Sample> first,
			ToDoubleFunction<Sample> second, DoubleFunction<String> format) {
		OptionalDouble one = this.samples.median(workload, system, first);
		OptionalDouble two = this.samples.median(workload, system, second);
		if (one.isEmpty() || two.isEmpty()) {
			return NOTHING;
		}
		return format.apply(one.getAsDouble()) + " / " + format.apply(two.getAsDouble());
	}

	/**
	 * Write a number with three significant digits.
	 */
	static String rounded(double value) {
		double unit = 1;
		while (value / unit >= 1_000) {
			unit *= 10;
		}
		return String.format(Locale.ROOT, "%,d", Math.round(value / unit) * Math.round(unit));
	}

}
