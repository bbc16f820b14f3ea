package io.github.thriftboot.netty.tls;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys and trust that may be replaced while they are in use: new connections are made of
 * the new ones, those that are open go on as they are. Thread-safe.
 */
public final class ReloadableTlsContext implements Supplier<TlsContext> {

	private static final Logger logger = LoggerFactory.getLogger(ReloadableTlsContext.class);

	private final String name;

	private volatile TlsContext current;

	/**
	 * Create the supplier of a context.
	 * @param name says in the log what it is, such as the name of a bundle
	 * @param context the context to begin with
	 */
	public ReloadableTlsContext(String name, TlsContext context) {
		this.name = name;
		this.current = context;
	}

	@Override
	public TlsContext get() {
		return this.current;
	}

	/**
	 * Replace the context. One that cannot be made leaves the old one in use, with a
	 * warning.
	 * @param replacement makes the new context
	 */
	public void reload(Callable<TlsContext> replacement) {
		try {
			this.current = replacement.call();
			logger.info("TLS certificates of {} are reloaded, new connections use them", this.name);
		}
		catch (Exception ex) {
			logger.warn("TLS certificates of {} cannot be reloaded, the old ones stay in use", this.name, ex);
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

}
