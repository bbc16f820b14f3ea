package io.github.thriftboot.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.github.thriftboot.benchmarks.Workload;
import io.github.thriftboot.benchmarks.worker.RunResult;
import io.github.thriftboot.benchmarks.worker.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Report}.
 */
class ReportTests {

	private static final SystemModule MODULE = new SystemModule(Path.of("module"));

	private final Samples samples = new Samples();

	private final Report report = new Report(this.samples,
			List.of(new SystemInfo(MODULE, "bare", true, "the reference"),
					new SystemInfo(MODULE, "thriftboot", true, "ours"),
					new SystemInfo(MODULE, "libthrift", false, "theirs")),
			List.of(Workload.SMALL_16, Workload.FLIGHT_1X128, Workload.MIXED, Workload.LARGE_16));

	@TempDir
	private Path folder;

	@BeforeEach
	void measure() {
		for (int round = 1; round <= 3; round++) {
			add(round, Workload.SMALL_16, "bare", 100_000 * round, 100);
			add(round, Workload.SMALL_16, "thriftboot", 80_000 * round, 120);
			add(round, Workload.SMALL_16, "libthrift", 40_000 * round, 200);
			add(round, Workload.FLIGHT_1X128, "bare", 1_234_567, 100);
			add(round, Workload.FLIGHT_1X128, "thriftboot", 400_000, 120);
			add(round, Workload.MIXED, "bare", 4_000, 600);
			add(round, Workload.MIXED, "thriftboot", 4_000, 660);
		}
	}

	private void add(int round, Workload workload, String system, long calls, double p99) {
		RunResult client = new RunResult(calls, 0, 1, p99 / 2, p99, p99 * 2, new Usage(calls * 2_000, calls * 1_800),
				"");
		this.samples.add(new Sample(round, workload, system, client, new Usage(calls * 3_000, calls * 200), 1.5));
	}

	@Test
	void tablesHaveMediansAndRatiosOfTheSameRound() throws IOException {
		this.report.write(this.folder);
		assertThat(this.folder.resolve("performance.md")).content()
			.contains("| system | small, 16 callers | small, 128 in flight, 1 connection |")
			.contains("| bare | 200,000 (1.00) | 1,230,000 (1.00) | 600 (1.00) |")
			.contains("| thriftboot | 160,000 (0.80) | 400,000 (0.32) | 660 (1.10) |")
			.contains("| libthrift | 80,000 (0.40) | – | – |")
			.contains("| thriftboot | 60 / 120 | 60 / 120 | 330 / 660 |")
			.contains("| thriftboot | 1,800 / 200 | 1,800 / 200 | 1,800 / 200 |")
			.contains("| thriftboot | 2.0 / 3.0 | 2.0 / 3.0 | 2.0 / 3.0 |")
			.contains("| libthrift | theirs |");
	}

	@Test
	void onlyTheFiguresOfAnEarlierReportAreReplaced() throws IOException {
		Path file = this.folder.resolve("performance.md");
		Files.writeString(file, "before\n" + Report.BEGIN + "\nold\n" + Report.END + "\nafter\n");
		this.report.write(this.folder);
		assertThat(file).content()
			.startsWith("before\n" + Report.BEGIN + "\n")
			.endsWith(Report.END + "\nafter\n")
			.doesNotContain("old")
			.contains("| bare |");
	}

	@Test
	void aFileWithoutTheMarkersIsNotTouched() throws IOException {
		Path file = this.folder.resolve("performance.md");
		Files.writeString(file, "something else");
		assertThatIllegalStateException().isThrownBy(() -> this.report.write(this.folder));
		assertThat(file).hasContent("something else");
	}

	@Test
	void chartShowsAllSystemsButTheReference() throws IOException {
		this.report.write(this.folder);
		assertThat(this.folder.resolve("performance.svg")).content()
			.startsWith("<?xml")
			.contains("thriftboot", "libthrift", "small-16")
			.doesNotContain(">bare<");
	}

	@Test
	void allFiguresAreInATable() throws IOException {
		this.report.writeAll(this.folder);
		assertThat(Files.readAllLines(this.folder.resolve("performance.tsv"))).hasSize(22)
			.contains("2\tmixed\tthriftboot\t4000.0\t0\t330.0\t660.0\t1320.0\t1800\t200\t2.000\t3.000\t1.5");
	}

}
