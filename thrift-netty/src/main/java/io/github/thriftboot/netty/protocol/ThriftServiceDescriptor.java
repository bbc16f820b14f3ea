package io.github.thriftboot.netty.protocol;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.apache.thrift.AsyncProcessFunction;
import org.apache.thrift.ProcessFunction;
import org.apache.thrift.TBaseAsyncProcessor;
import org.apache.thrift.TBaseProcessor;
import org.jspecify.annotations.Nullable;

/**
 * A Thrift service as its generated classes describe it, read once. Immutable and
 * thread-safe.
 */
@SuppressWarnings({ "rawtypes", "unchecked" })
public final class ThriftServiceDescriptor {

	private static final String IFACE = "Iface";

	private static final String ASYNC_IFACE = "AsyncIface";

	private static final String FUTURE_IFACE = "FutureIface";

	private final Class<?> serviceClass;

	private final Class<?> iface;

	private final @Nullable Class<?> asyncIface;

	private final @Nullable Class<?> futureIface;

	private final Map<String, ThriftMethod> methods;

	private ThriftServiceDescriptor(Class<?> serviceClass) {
		this.serviceClass = serviceClass;
		Class<?> iface = nested(serviceClass, IFACE);
		Class<?> processor = nested(serviceClass, "Processor");
		if (iface == null || processor == null) {
			throw new IllegalArgumentException(
					serviceClass.getName() + " is not a class generated from a Thrift service"
							+ " (expected: nested types Iface and Processor)");
		}
		this.iface = iface;
		this.asyncIface = nested(serviceClass, ASYNC_IFACE);
		this.futureIface = nested(serviceClass, FUTURE_IFACE);
		this.methods = readMethods(processor);
	}

	/**
	 * Describe the services that a type implements: of a chain of services that extend
	 * each other only the most derived one.
	 * @param type a handler class, or a client interface
	 * @return the services, empty if the type implements none
	 */
	public static List<ThriftServiceDescriptor> allOf(Class<?> type) {
		Set<Class<?>> ifaces = new LinkedHashSet<>();
		collectIfaces(type, ifaces);
		Set<Class<?>> services = new LinkedHashSet<>();
		for (Class<?> candidate : ifaces) {
			boolean derived = ifaces.stream()
				.anyMatch((other) -> other != candidate && candidate.isAssignableFrom(other));
			if (!derived) {
				services.add(candidate.getEnclosingClass());
			}
		}
		return services.stream().map(ThriftServiceDescriptor::new).toList();
	}

	/**
	 * Describe the one service of a type.
	 * @param type the generated service class, its {@code Iface} or {@code AsyncIface},
	 * or a type that implements one
	 * @return the service
	 * @throws IllegalArgumentException if the type has no service, or several
	 */
	public static ThriftServiceDescriptor of(Class<?> type) {
		if (nested(type, IFACE) != null && nested(type, "Processor") != null) {
			return new ThriftServiceDescriptor(type);
		}
		List<ThriftServiceDescriptor> services = allOf(type);
		if (services.size() != 1) {
			throw new IllegalArgumentException(type.getName() + " implements "
					+ (services.isEmpty() ? "no Thrift service" : services) + " (expected: one generated Iface)");
		}
		return services.get(0);
	}

	private static void collectIfaces(Class<?> type, Set<Class<?>> ifaces) {
		for (Class<?> current = type; current != null; current = current.getSuperclass()) {
			if (isIface(current)) {
				ifaces.add(current);
			}
			for (Class<?> parent : current.getInterfaces()) {
				collectIfaces(parent, ifaces);
			}
		}
	}

	private static boolean isIface(Class<?> type) {
		Class<?> enclosing = type.getEnclosingClass();
		return type.isInterface() && enclosing != null && nested(enclosing, "Processor") != null
				&& List.of(IFACE, ASYNC_IFACE, FUTURE_IFACE).contains(type.getSimpleName());
	}

	private static @Nullable Class<?> nested(Class<?> type, String name) {
		for (Class<?> candidate : type.getDeclaredClasses()) {
			if (candidate.getSimpleName().equals(name)) {
				return candidate;
			}
		}
		return null;
	}

	private Map<String, ThriftMethod> readMethods(Class<?> processorClass) {
		try {
			TBaseProcessor processor = (TBaseProcessor) processorClass.getConstructor(this.iface)
				.newInstance((Object) null);
			Map<String, ProcessFunction> functions = processor.getProcessMapView();
			Map<String, AsyncProcessFunction> asyncFunctions = asyncFunctions();
			Map<String, ThriftMethod> result = new LinkedHashMap<>();
			for (Method method : this.iface.getMethods()) {
				ProcessFunction function = functions.get(wireName(method, functions.keySet()));
				if (function != null) {
					String name = function.getMethodName();
					result.put(name, new ThriftMethod(name(), method, method.getDeclaringClass() != this.iface,
							function, asyncFunctions.get(name)));
				}
			}
			return Map.copyOf(result);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalArgumentException("cannot read the generated class " + processorClass.getName(), ex);
		}
	}

	private Map<String, AsyncProcessFunction> asyncFunctions() throws ReflectiveOperationException {
		Class<?> processorClass = nested(this.serviceClass, "AsyncProcessor");
		if (this.asyncIface == null || processorClass == null) {
			return Map.of();
		}
		TBaseAsyncProcessor processor = (TBaseAsyncProcessor) processorClass.getConstructor(this.asyncIface)
			.newInstance((Object) null);
		return processor.getProcessMapView();
	}

	/**
	 * Find the wire name of a Java method: the same, or one that the generator's option
	 * {@code fullcamel} turned into this name.
	 */
	private static String wireName(Method method, Collection<String> wireNames) {
		String javaName = method.getName();
		if (wireNames.contains(javaName)) {
			return javaName;
		}
		String folded = fold(javaName);
		return wireNames.stream().filter((name) -> fold(name).equals(folded)).findFirst().orElse(javaName);
	}

	private static String fold(String name) {
		return name.replace("_", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Return the name of the service.
	 * @return the name, as in the IDL
	 */
	public String name() {
		return this.serviceClass.getSimpleName();
	}

	/**
	 * Return the interface of synchronous handlers and clients.
	 * @return the generated {@code Iface}
	 */
	public Class<?> iface() {
		return this.iface;
	}

	/**
	 * Return the interface of asynchronous handlers and clients.
	 * @return the generated {@code AsyncIface}, or {@code null} if there is none
	 */
	public @Nullable Class<?> asyncIface() {
		return this.asyncIface;
	}

	/**
	 * Return the interface of clients that get a {@code CompletableFuture}.
	 * @return the {@code FutureIface} of the generator's option {@code future_iface}, or
	 * {@code null} if there is none
	 */
	public @Nullable Class<?> futureIface() {
		return this.futureIface;
	}

	/**
	 * Return the methods, inherited ones included.
	 * @return the methods by their names on the wire
	 */
	public Map<String, ThriftMethod> methods() {
		return this.methods;
	}

	/**
	 * Return a method.
	 * @param name the name on the wire
	 * @return the method
	 * @throws IllegalArgumentException if the service has no such method
	 */
	public ThriftMethod method(String name) {
		ThriftMethod method = this.methods.get(name);
		if (method == null) {
			throw new IllegalArgumentException("service " + name() + " has no method " + name + " (it has: "
					+ new ArrayList<>(this.methods.keySet()) + ")");
		}
		return method;
	}

	/**
	 * Find the method behind a method of {@link #iface()}, {@link #asyncIface()} or
	 * {@link #futureIface()}, or of a type that overrides it.
	 * @param javaMethod the Java method
	 * @return the Thrift method, or {@code null} if it is none
	 */
	public @Nullable ThriftMethod find(Method javaMethod) {
		for (ThriftMethod method : this.methods.values()) {
			if (matches(method.javaMethod(), javaMethod)) {
				return method;
			}
		}
		return null;
	}

	private static boolean matches(Method ifaceMethod, Method candidate) {
		if (!ifaceMethod.getName().equals(candidate.getName())) {
			return false;
		}
		Class<?>[] parameters = ifaceMethod.getParameterTypes();
		Class<?>[] candidates = candidate.getParameterTypes();
		boolean async = candidates.length == parameters.length + 1
				&& candidates[parameters.length] == org.apache.thrift.async.AsyncMethodCallback.class;
		if (!async && candidates.length != parameters.length) {
			return false;
		}
		for (int i = 0; i < parameters.length; i++) {
			if (parameters[i] != candidates[i]) {
				return false;
			}
		}
		return true;
	}

	@Override
	public String toString() {
		return name();
	}

}
