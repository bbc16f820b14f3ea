package io.github.thriftboot.netty.client;

import java.io.Serial;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A call that went to every instance has failed at some of them; at the others it ran.
 * What they failed with are the suppressed exceptions, too.
 */
public final class BroadcastException extends ThriftCallException {

	@Serial
	private static final long serialVersionUID = 1L;

	private static final int MAX_TOLD = 10;

	private final LinkedHashMap<String, Throwable> failures;

	/**
	 * Create the exception.
	 * @param method the method
	 * @param failures what the call failed with, by {@code host:port}
	 * @param instances how many instances it went to
	 */
	public BroadcastException(String method, Map<String, Throwable> failures, int instances) {
		super(UNKNOWN, message(method, failures, instances), null, null);
		this.failures = new LinkedHashMap<>(failures);
	}

	private static String message(String method, Map<String, Throwable> failures, int instances) {
		return method + " failed at " + failures.size() + " of " + instances + " instances: "
				+ failures.entrySet()
					.stream()
					.limit(MAX_TOLD)
					.map((failure) -> failure.getKey() + " (" + failure.getValue().getMessage() + ")")
					.collect(Collectors.joining(", "))
				+ ((failures.size() > MAX_TOLD) ? ", ..." : "");
	}

	/**
	 * Return where and how the call has failed.
	 * @return what it failed with, by {@code host:port}, in the order of the registry
	 */
	public Map<String, Throwable> failures() {
		return Collections.unmodifiableMap(this.failures);
	}

}
