package io.github.thriftboot.netty.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of a test with a peer.
 *
 * @param peer the peer and its version
 * @param direction who called whom: {@link #TO_SERVER} or {@link #FROM_CLIENT}
 * @param transport how messages were wrapped
 * @param names whether names carried the service
 * @param protocol how messages were encoded
 * @param passed whether all was as expected
 */
record InteropResult(String peer, String direction, String transport, String names, String protocol, boolean passed) {

	static final String TO_SERVER = "to our server";

	static final String FROM_CLIENT = "from our client";

	static void write(Path file, List<InteropResult> results) throws IOException {
		Files.createDirectories(file.getParent());
		Files.write(file, results.stream().map(InteropResult::line).toList());
	}

	private String line() {
		return String.join("\t", this.peer, this.direction, this.transport, this.names, this.protocol,
				Boolean.toString(this.passed));
	}

	static List<InteropResult> read(Path file) throws IOException {
		return Files.readAllLines(file).stream().map((line) -> {
			String[] words = line.split("\t");
			return new InteropResult(words[0], words[1], words[2], words[3], words[4], Boolean.parseBoolean(words[5]));
		}).toList();
	}

}
