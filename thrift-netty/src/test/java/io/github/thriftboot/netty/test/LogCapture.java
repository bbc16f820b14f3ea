package io.github.thriftboot.netty.test;

import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a class or a package logs, and keeps it off the console.
 */
public final class LogCapture implements AutoCloseable {

	private final Logger logger;

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	/**
	 * Capture the log of a class until closed.
	 * @param type the class
	 */
	public LogCapture(Class<?> type) {
		this(type.getName());
	}

	/**
	 * Capture the log of all classes of a package until closed.
	 * @param type the package
	 */
	public LogCapture(Package type) {
		this(type.getName());
	}

	/**
	 * Capture what is logged under a name until closed.
	 * @param name the name of the logger
	 */
	public LogCapture(String name) {
		this.logger = (Logger) LoggerFactory.getLogger(name);
		this.appender.start();
		this.logger.addAppender(this.appender);
		this.logger.setAdditive(false);
	}

	/**
	 * Return what was logged.
	 * @return level and message of each event
	 */
	public List<String> lines() {
		synchronized (this.appender) {
			return this.appender.list.stream()
				.map((event) -> event.getLevel() + " " + event.getFormattedMessage())
				.toList();
		}
	}

	@Override
	public void close() {
		this.logger.setAdditive(true);
		this.logger.detachAppender(this.appender);
	}

}
