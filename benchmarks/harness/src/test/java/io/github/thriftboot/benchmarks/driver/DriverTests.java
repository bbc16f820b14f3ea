package io.github.thriftboot.benchmarks.driver;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Driver} with processes of {@link PingSystems}.
 */
class DriverTests {

	@TempDir
	private Path folder;

	private final StringWriter out = new StringWriter();

	private final StringWriter err = new StringWriter();

	@BeforeEach
	void makeModule() throws IOException {
		Path target = Files.createDirectories(this.folder.resolve("target"));
		Files.writeString(target.resolve("class-path.txt"), System.getProperty("java.class.path"));
	}

	@Test
	void measuresAndReports() throws IOException {
		assertThat(run("--systems", "bare", "--workloads", "small-1,flight-1x128,mixed", "--seconds", "0.1",
				"--warm-up", "0.1", "--rounds", "1"))
			.as("%s", this.err)
			.isZero();
		List<String> lines = Files.readAllLines(this.folder.resolve("work/performance.tsv"));
		assertThat(lines).hasSize(4);
		assertThat(lines.get(1)).startsWith("1\tsmall-1\tbare\t");
		assertThat(this.folder.resolve("report/performance.md")).content().contains("| bare |");
		assertThat(this.folder.resolve("report/performance.svg")).doesNotExist();
	}

	@Test
	void tellsWhatIsWrongWithASystem() {
		assertThat(run("--systems", "broken", "--quick")).isEqualTo(1);
		assertThat(this.err.toString()).startsWith(
				"the client of broken failed java.lang.IllegalStateException: broken on purpose. " + "Its log is ");
	}

	@Test
	void tellsWhichSystemsThereAre() {
		assertThat(run("--systems", "other")).isEqualTo(2);
		assertThat(this.err.toString()).contains("system: other (expected: one of [bare, broken])");
	}

	private int run(String... options) {
		CommandLine command = Driver.commandLine()
			.setOut(new PrintWriter(this.out, true))
			.setErr(new PrintWriter(this.err, true));
		String[] args = new String[options.length + 6];
		args[0] = "--modules";
		args[1] = this.folder.toString();
		args[2] = "--report";
		args[3] = this.folder.resolve("report").toString();
		args[4] = "--work";
		args[5] = this.folder.resolve("work").toString();
		System.arraycopy(options, 0, args, 6, options.length);
		return command.execute(args);
	}

}
