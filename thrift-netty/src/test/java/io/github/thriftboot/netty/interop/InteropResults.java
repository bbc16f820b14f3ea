package io.github.thriftboot.netty.interop;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Collects what came of the tests of a class, and writes it to a file for
 * {@link InteropTable}.
 */
final class InteropResults implements AfterAllCallback {

	static final Path DIRECTORY = Path.of("target", "interop").toAbsolutePath();

	private final String name;

	private final Queue<InteropResult> results = new ConcurrentLinkedQueue<>();

	InteropResults(String name) {
		this.name = name;
	}

	/**
	 * Run a check and note whether it passed.
	 * @param peer the peer and its version
	 * @param direction who called whom
	 * @param dialect how
	 * @param check what to run
	 * @throws Exception what it threw
	 */
	void record(String peer, String direction, PeerDialect dialect, Check check) throws Exception {
		boolean passed = false;
		try {
			check.run();
			passed = true;
		}
		finally {
			this.results.add(new InteropResult(peer, direction, dialect.transport(), dialect.names(),
					dialect.protocol(), passed));
		}
	}

	@Override
	public void afterAll(ExtensionContext context) throws Exception {
		InteropResult.write(DIRECTORY.resolve(this.name + ".tsv"), List.copyOf(this.results));
	}

	/**
	 * Something that fails or does not.
	 */
	interface Check {

		void run() throws Exception;

	}

}
