package io.github.thriftboot.benchmarks.driver;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.benchmarks.worker.Worker;

/**
 * A Maven module with systems: they share a class path that the other modules do not see.
 *
 * @param folder the folder of the module
 */
record SystemModule(Path folder) {

	/**
	 * The same for every process.
	 */
	static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m");

	/**
	 * Printed by newer JVMs about old libraries; their logs are easier to read without.
	 */
	private static final List<String> NEWER_JVM_OPTIONS = List.of("--enable-native-access=ALL-UNNAMED");

	private static final Duration LIST_TIMEOUT = Duration.ofSeconds(30);

	private static final int FIRST_JAVA_WITH_WARNINGS = 24;

	String name() {
		return this.folder.getFileName().toString();
	}

	/**
	 * Ask the module for its systems.
	 * @param logs where the error stream of the process goes
	 * @return the systems in the order of the report
	 */
	List<SystemInfo> systems(Path logs) {
		List<SystemInfo> systems = new ArrayList<>();
		try (WorkerProcess worker = WorkerProcess.start("the list of " + name(), command("list"),
				logs.resolve(name() + "-list.log"))) {
			for (String line = worker.next(LIST_TIMEOUT); !line.equals("done"); line = worker.next(LIST_TIMEOUT)) {
				String[] fields = line.split(" ", 4);
				if (!fields[0].equals("system")) {
					throw new WorkerFailedException("the list of " + name() + " answered '" + line + "'");
				}
				systems.add(new SystemInfo(this, fields[1], Boolean.parseBoolean(fields[2]), fields[3]));
			}
		}
		return systems;
	}

	/**
	 * Make the command line of a worker.
	 * @param args its arguments
	 * @return the command line
	 */
	List<String> command(String... args) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(JVM_OPTIONS);
		if (Runtime.version().feature() >= FIRST_JAVA_WITH_WARNINGS) {
			command.addAll(NEWER_JVM_OPTIONS);
		}
		command.addAll(List.of("-cp", classPath(), Worker.class.getName()));
		command.addAll(List.of(args));
		return command;
	}

	private String classPath() {
		Path target = this.folder.resolve("target");
		Path file = target.resolve("class-path.txt");
		try {
			return target.resolve("classes") + File.pathSeparator + Files.readString(file).strip();
		}
		catch (IOException ex) {
			throw new WorkerFailedException("module " + name() + " is not built: " + file + " cannot be read");
		}
	}

}
