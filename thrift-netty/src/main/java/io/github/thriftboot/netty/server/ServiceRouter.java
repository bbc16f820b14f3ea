package io.github.thriftboot.netty.server;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.protocol.WireText;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method that a name on the wire means. {@code Service:method} is the prefix of
 * {@code TMultiplexedProtocol}; a bare name goes to the default service, else to the only
 * service that has the method, else to the only one that declares it itself. Immutable
 * and thread-safe.
 */
final class ServiceRouter {

	private static final char SEPARATOR = ':';

	private final Map<String, ExportedService> services;

	private final Map<String, Route> routes = new HashMap<>();

	/**
	 * Create a router.
	 * @param exported the services
	 * @param defaultService the service of bare names, or {@code null} for the only one
	 * exported
	 * @param executes how many calls of a method may be in the server at once, by
	 * {@code Service:method}
	 * @param adaptiveLimit gets the times of all calls, or {@code null}
	 */
	ServiceRouter(List<ExportedService> exported, @Nullable String defaultService, Map<String, Integer> executes,
			@Nullable AdaptiveLimit adaptiveLimit) {
		Map<String, ExportedService> byName = new LinkedHashMap<>();
		for (ExportedService service : exported) {
			if (byName.putIfAbsent(service.name(), service) != null) {
				throw new IllegalArgumentException("service: " + service.name() + " (expected: each name once)");
			}
		}
		this.services = byName;
		if (defaultService != null && !byName.containsKey(defaultService)) {
			throw new IllegalArgumentException(
					"defaultService: " + defaultService + " (expected: one of " + byName.keySet() + ")");
		}
		Map<String, List<Route>> byMethod = new HashMap<>();
		for (ExportedService service : exported) {
			for (ThriftMethod method : service.descriptor().methods().values()) {
				String name = service.name() + SEPARATOR + method.name();
				Integer limit = executes.get(name);
				Route route = new Route(method, service,
						service.methodExecutors().getOrDefault(method.name(), service.executor()),
						(limit != null) ? new CallLimit(limit) : null,
						(adaptiveLimit != null) ? adaptiveLimit.addMethod() : null);
				this.routes.put(name, route);
				byMethod.computeIfAbsent(method.name(), (bareName) -> new ArrayList<>()).add(route);
			}
		}
		executes.forEach((name, limit) -> {
			if (!this.routes.containsKey(name)) {
				throw new IllegalArgumentException(
						"executes: " + name + " (expected: a method of one of " + byName.keySet() + ")");
			}
		});
		byMethod.forEach((name, candidates) -> {
			Route route = choose(candidates, defaultService);
			if (route != null) {
				this.routes.put(name, route);
			}
		});
	}

	private static @Nullable Route choose(List<Route> candidates, @Nullable String defaultService) {
		for (Route candidate : candidates) {
			if (candidate.service().name().equals(defaultService)) {
				return candidate;
			}
		}
		if (candidates.size() == 1) {
			return candidates.get(0);
		}
		List<Route> declaring = candidates.stream().filter((candidate) -> !candidate.method().inherited()).toList();
		if (declaring.size() != 1) {
			return null;
		}
		// the others must have inherited this very method, not one of the same name
		Method declared = declaring.get(0).method().javaMethod();
		boolean same = candidates.stream().allMatch((candidate) -> candidate.method().javaMethod().equals(declared));
		return same ? declaring.get(0) : null;
	}

	/**
	 * Return the names of the services.
	 * @return the names, in the order of export
	 */
	Set<String> serviceNames() {
		return this.services.keySet();
	}

	/**
	 * Find a method.
	 * @param name the name from the wire
	 * @return where it leads, or {@code null}
	 */
	@Nullable Route find(String name) {
		return this.routes.get(name);
	}

	/**
	 * Say why a name leads nowhere.
	 * @param name the name from the wire
	 * @return a text for the caller
	 */
	String explainUnknown(String name) {
		int separator = name.indexOf(SEPARATOR);
		if (separator >= 0 && !this.services.containsKey(name.substring(0, separator))) {
			return "Unknown service '" + WireText.printable(name.substring(0, separator)) + "' (exported: "
					+ String.join(", ", this.services.keySet()) + ")";
		}
		String candidates = this.services.values()
			.stream()
			.filter((service) -> service.descriptor().methods().containsKey(name))
			.map(ExportedService::name)
			.collect(Collectors.joining(", "));
		if (!candidates.isEmpty()) {
			return "Ambiguous method '" + name + "': several services have it (" + candidates
					+ "); call it as Service:method or set a default service";
		}
		return "Unknown method '" + WireText.printable(name) + "'";
	}

	/**
	 * A service on the port.
	 *
	 * @param name its name on the wire
	 * @param descriptor its methods
	 * @param handler the implementation
	 * @param executor where the handler runs, or {@code null} for the server's own
	 * threads
	 * @param methodExecutors where methods run that differ, by their names in the IDL
	 */
	record ExportedService(String name, ThriftServiceDescriptor descriptor, Object handler, @Nullable Executor executor,
			Map<String, Executor> methodExecutors) {

		/**
		 * Whether the handler answers through a callback.
		 * @return {@code true} for an {@code AsyncIface}
		 */
		boolean async() {
			return !this.descriptor.iface().isInstance(this.handler);
		}

		/**
		 * Return the service with a default for where it runs.
		 * @param other used if no executor was chosen for the service
		 * @return the service
		 */
		ExportedService orOn(Executor other) {
			return (this.executor != null) ? this
					: new ExportedService(this.name, this.descriptor, this.handler, other, this.methodExecutors);
		}

	}

	/**
	 * Where a name leads.
	 *
	 * @param method the method
	 * @param service the service that is called
	 * @param executor where the handler runs, or {@code null} for the server's own
	 * threads
	 * @param limit how many calls may be in the server at once, or {@code null} for any
	 * number
	 * @param times takes the times of calls for the adaptive limit, or {@code null}
	 * without one
	 */
	record Route(ThriftMethod method, ExportedService service, @Nullable Executor executor, @Nullable CallLimit limit,
			AdaptiveLimit.@Nullable MethodTimes times) {
	}

}
