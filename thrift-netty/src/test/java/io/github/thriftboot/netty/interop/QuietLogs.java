package io.github.thriftboot.netty.interop;

import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what bad input does out of the log of a test that makes thousands.
 */
final class QuietLogs implements AutoCloseable {

	private static final List<String> NAMES = List.of("io.github.thriftboot.netty.server",
			"io.github.thriftboot.netty.client");

	QuietLogs() {
		setLevel(Level.OFF);
	}

	private static void setLevel(Level level) {
		NAMES.forEach((name) -> ((Logger) LoggerFactory.getLogger(name)).setLevel(level));
	}

	@Override
	public void close() {
		setLevel(null);
	}

}
