package io.github.thriftboot.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import io.github.thriftboot.benchmarks.Workload;

/**
 * Writes what came out: tables, a chart, and all figures for other tools.
 */
final class Report {

	/**
	 * Between these two lines a file is written anew, the rest of it stays.
	 */
	static final String BEGIN = "<!-- figures: written by benchmarks/run.sh -->";

	static final String END = "<!-- end of figures -->";

	private static final String NAME = "performance";

	private final Samples samples;

	private final List<SystemInfo> systems;

	private final List<Workload> workloads;

	Report(Samples samples, List<SystemInfo> systems, List<Workload> workloads) {
		this.samples = samples;
		this.systems = systems;
		this.workloads = workloads;
	}

	/**
	 * Write all measurements as a table for other programs.
	 * @param folder where the file goes
	 * @throws IOException if it cannot be written
	 */
	void writeAll(Path folder) throws IOException {
		Files.createDirectories(folder);
		Files.writeString(folder.resolve(NAME + ".tsv"), tsv());
	}

	/**
	 * Write the report.
	 * @param folder where its files go; there may be an earlier report
	 * @throws IOException if a file cannot be written
	 */
	void write(Path folder) throws IOException {
		Files.createDirectories(folder);
		List<Workload> measured = this.workloads.stream().filter(this.samples::has).toList();
		if (measured.isEmpty()) {
			return;
		}
		boolean chart = new SpeedChart(this.samples, this.systems, measured).write(folder.resolve(NAME + ".svg"));
		String figures = (chart ? "\n![Calls a second](" + NAME + ".svg)\n" : "")
				+ new MarkdownTables(this.samples, this.systems, measured).text();
		Path text = folder.resolve(NAME + ".md");
		String old = Files.exists(text) ? Files.readString(text) : "# Performance\n\n" + BEGIN + "\n" + END + "\n";
		Files.writeString(text, replace(old, figures));
	}

	static String replace(String text, String figures) {
		int begin = text.indexOf(BEGIN);
		int end = text.indexOf(END);
		if (begin < 0 || end < begin) {
			throw new IllegalStateException("no lines '" + BEGIN + "' and '" + END + "' to write between");
		}
		return text.substring(0, begin + BEGIN.length()) + "\n" + figures + text.substring(end);
	}

	private String tsv() {
		StringBuilder text = new StringBuilder("round\tworkload\tsystem\tcalls_per_second\tfailures\tp50_us\tp99_us"
				+ "\tp999_us\tclient_bytes\tserver_bytes\tclient_cpu_us\tserver_cpu_us\tothers_percent\n");
		for (Sample sample : this.samples.all()) {
			text.append(
					String.format(Locale.ROOT, "%d\t%s\t%s\t%.1f\t%d\t%.1f\t%.1f\t%.1f\t%.0f\t%.0f\t%.3f\t%.3f\t%.1f%n",
							sample.round(), sample.workload().key(), sample.system(), sample.client().callsPerSecond(),
							sample.client().failures(), sample.client().p50Micros(), sample.client().p99Micros(),
							sample.client().p999Micros(), sample.clientBytesPerCall(), sample.serverBytesPerCall(),
							sample.clientCpuMicrosPerCall(), sample.serverCpuMicrosPerCall(), sample.othersPercent()));
		}
		return text.toString();
	}

}
