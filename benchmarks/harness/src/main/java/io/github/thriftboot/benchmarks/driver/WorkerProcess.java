package io.github.thriftboot.benchmarks.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.DaemonThreads;

/**
 * A process that takes commands and answers, a line each. It ends when it is closed, and
 * by itself when this process is gone.
 */
final class WorkerProcess implements AutoCloseable {

	private static final String FAILED = "failed";

	/**
	 * Stands for the end of the output.
	 */
	private static final String END = "";

	private static final int LOG_LINES = 15;

	private static final long END_TIMEOUT_SECONDS = 5;

	private final String name;

	private final Process process;

	private final Path log;

	private final Writer commands;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	private WorkerProcess(String name, Process process, Path log) {
		this.name = name;
		this.process = process;
		this.log = log;
		this.commands = process.outputWriter(StandardCharsets.UTF_8);
		new DaemonThreads(name).newThread(this::readAnswers).start();
	}

	/**
	 * Start a process.
	 * @param name what messages call it
	 * @param command the command line
	 * @param log where its error stream goes
	 * @return the process
	 */
	static WorkerProcess start(String name, List<String> command, Path log) {
		try {
			Files.createDirectories(log.toAbsolutePath().getParent());
			Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
			return new WorkerProcess(name, process, log);
		}
		catch (IOException ex) {
			throw new WorkerFailedException(name + " cannot be started: " + ex.getMessage());
		}
	}

	private void readAnswers() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				this.answers.add(line);
			}
		}
		catch (IOException ex) {
			// the process was destroyed
		}
		this.answers.add(END);
	}

	/**
	 * Tell the process what to do.
	 * @param command one line
	 */
	void send(String command) {
		try {
			this.commands.write(command + "\n");
			this.commands.flush();
		}
		catch (IOException ex) {
			throw failure("does not take commands");
		}
	}

	/**
	 * Wait for an answer.
	 * @param keyword how the answer is to begin
	 * @param timeout how long to wait
	 * @return the rest of the line
	 * @throws WorkerFailedException if another answer comes, or none
	 */
	String await(String keyword, Duration timeout) {
		String answer = next(timeout);
		if (answer.equals(keyword)) {
			return "";
		}
		if (!answer.startsWith(keyword + " ")) {
			throw failure(answer.startsWith(FAILED) ? answer : "answered '" + answer + "' (expected: " + keyword + ")");
		}
		return answer.substring(keyword.length() + 1);
	}

	/**
	 * Wait for an answer.
	 * @param timeout how long to wait
	 * @return the line
	 * @throws WorkerFailedException if none comes
	 */
	String next(Duration timeout) {
		try {
			String answer = this.answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
			if (answer == null) {
				throw failure("did not answer within " + timeout.toSeconds() + " s");
			}
			if (answer.equals(END)) {
				this.process.waitFor(END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
				throw failure("ended" + (this.process.isAlive() ? "" : " with status " + this.process.exitValue()));
			}
			return answer;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw failure("was not waited for");
		}
	}

	private WorkerFailedException failure(String what) {
		StringBuilder message = new StringBuilder(this.name + " " + what + ". Its log is " + this.log);
		try {
			List<String> lines = Files.readAllLines(this.log);
			if (!lines.isEmpty()) {
				message.append(" and ends with:");
				lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
					.forEach((line) -> message.append(System.lineSeparator()).append("    ").append(line));
			}
		}
		catch (IOException | UncheckedIOException ex) {
			message.append(", which cannot be read");
		}
		return new WorkerFailedException(message.toString());
	}

	/**
	 * End the process.
	 */
	@Override
	public void close() {
		try {
			this.commands.close();
		}
		catch (IOException ex) {
			// it is gone already
		}
		try {
			if (!this.process.waitFor(END_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
