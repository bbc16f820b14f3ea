package io.github.thriftboot.netty.interop;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program in another language that answers lines with lines. What it says on its
 * standard error goes to a log, which is shown when it does not answer.
 */
final class PeerProcess implements AutoCloseable {

	private static final long TIMEOUT_SECONDS = 60;

	private static final String END = "(end of output)";

	private final Process process;

	private final Path log;

	private final BufferedWriter input;

	private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

	private PeerProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
		this.input = process.outputWriter(StandardCharsets.UTF_8);
		Thread reader = new Thread(this::readOutput, "peer-output-" + log.getFileName());
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Start a program.
	 * @param log where its standard error goes
	 * @param environment what is added to the environment
	 * @param command the command line
	 * @return the running program
	 */
	static PeerProcess start(Path log, Map<String, String> environment, List<String> command) {
		try {
			Files.createDirectories(log.getParent());
			ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
			builder.environment().putAll(environment);
			return new PeerProcess(builder.start(), log);
		}
		catch (IOException ex) {
			throw new AssertionError(command.get(0) + " cannot be started; .ci/run shows what to install", ex);
		}
	}

	/**
	 * Run a program to its end.
	 * @param log where its standard error goes
	 * @param command the command line
	 * @return whether it ended well
	 */
	static boolean succeeds(Path log, String... command) {
		try (PeerProcess process = start(log, Map.of(), List.of(command))) {
			return process.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) && process.process.exitValue() == 0;
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private void readOutput() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach(this.output::add);
		}
		catch (IOException | UncheckedIOException ex) {
			this.output.add(ex.toString());
		}
		this.output.add(END);
	}

	String ask(String line) {
		try {
			this.input.write(line);
			this.input.newLine();
			this.input.flush();
		}
		catch (IOException ex) {
			throw new AssertionError("cannot ask '" + line + "'; its log: " + log(), ex);
		}
		return answer();
	}

	String answer() {
		String answer;
		try {
			answer = this.output.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
		if (answer == null || answer.equals(END)) {
			throw new AssertionError("no answer; its log: " + log());
		}
		return answer;
	}

	String log() {
		try {
			return this.log + "\n" + Files.readString(this.log);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private static AssertionError interrupted(InterruptedException cause) {
		Thread.currentThread().interrupt();
		return new AssertionError(cause);
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
