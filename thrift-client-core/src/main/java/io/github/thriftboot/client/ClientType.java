package io.github.thriftboot.client;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.thriftboot.client.ClientMethod.Signature;
import io.github.thriftboot.client.ClientMethod.Style;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.cglib.core.SpringNamingPolicy;
import org.springframework.cglib.proxy.Callback;
import org.springframework.cglib.proxy.Enhancer;
import org.springframework.cglib.proxy.MethodInterceptor;
import org.springframework.cglib.proxy.NoOp;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.stereotype.Component;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The interface or class of a client, read and checked once, with the class of its
 * proxies. A proxy has one callback for each method that goes to the service; all other
 * methods just run. Immutable.
 */
final class ClientType {

	/**
	 * Kept with the client's class itself, so that a type has one proxy class however
	 * often contexts are started, and none when the type is unloaded.
	 */
	private static final ClassValue<ClientType> TYPES = new ClassValue<>() {

		@Override
		protected ClientType computeValue(Class<?> type) {
			return new ClientType(type);
		}

	};

	private static final int JUST_RUN = 0;

	private static final int TO_STRING = 1;

	private static final int FIRST_METHOD = 2;

	private final Class<?> type;

	private final ThriftServiceDescriptor service;

	private final List<Class<?>> ifaces;

	private final Class<?> proxyClass;

	private final List<ClientMethod> methods;

	private ClientType(Class<?> type) {
		this.type = type;
		this.service = service(type);
		this.ifaces = ifaces(type, this.service);
		checkExtensible(type);
		if (!type.isInterface()) {
			checkClass(type);
		}
		Map<Method, ThriftMethod> remote = remoteMethods();
		Map<Signature, Integer> callbacks = new HashMap<>();
		int next = FIRST_METHOD;
		for (Method method : remote.keySet()) {
			callbacks.putIfAbsent(Signature.of(method), next++);
		}
		checkMethods(callbacks.keySet());
		this.proxyClass = createProxyClass(callbacks, next);
		List<ClientMethod> clientMethods = new ArrayList<>();
		remote.forEach((declared, method) -> clientMethods.add(clientMethod(declared, method)));
		this.methods = List.copyOf(clientMethods);
	}

	/**
	 * Return what is to be known of a client.
	 * @param type its interface or class
	 * @return the client type
	 * @throws ThriftClientConfigurationException if the type cannot be a client
	 */
	static ClientType of(Class<?> type) {
		return TYPES.get(type);
	}

	private static ThriftServiceDescriptor service(Class<?> type) {
		List<ThriftServiceDescriptor> services = ThriftServiceDescriptor.allOf(type);
		if (services.size() != 1) {
			throw new ThriftClientConfigurationException(
					"Thrift client " + type.getName() + " has "
							+ (services.isEmpty() ? "no Thrift service."
									: "several Thrift services: " + services + "."),
					"Let it " + (type.isInterface() ? "extend" : "implement")
							+ " the Iface or the AsyncIface of one class that the Thrift compiler generated.");
		}
		return services.get(0);
	}

	private static List<Class<?>> ifaces(Class<?> type, ThriftServiceDescriptor service) {
		List<Class<?>> ifaces = new ArrayList<>();
		for (Class<?> iface : new @Nullable Class<?>[] { service.iface(), service.asyncIface(),
				service.futureIface() }) {
			if (iface != null && iface.isAssignableFrom(type)) {
				ifaces.add(iface);
			}
		}
		return List.copyOf(ifaces);
	}

	private static void checkExtensible(Class<?> type) {
		if (Modifier.isFinal(type.getModifiers()) || type.isSealed()) {
			String kind = type.isRecord() ? "a record" : (type.isSealed() ? "sealed" : "final");
			throw new ThriftClientConfigurationException(
					"Thrift client " + type.getName() + " is " + kind + ", so no proxy can extend it.",
					"Make it a class or interface that is neither final nor sealed.");
		}
	}

	private static void checkClass(Class<?> type) {
		String name = "Thrift client class " + type.getName();
		if (ClassUtils.isInnerClass(type)) {
			throw new ThriftClientConfigurationException(
					name + " is an inner class, which cannot be made without an object of the outer one.",
					"Make it static.");
		}
		if (MergedAnnotations.from(type).isPresent(Component.class)) {
			throw new ThriftClientConfigurationException(
					name + " is a component, too: there would be a second bean of it that never calls the service.",
					"Remove the annotation that makes it a component; @ThriftClient makes it a bean.");
		}
		if (Arrays.stream(type.getDeclaredConstructors())
			.allMatch((constructor) -> Modifier.isPrivate(constructor.getModifiers()))) {
			throw new ThriftClientConfigurationException(name + " has only private constructors.",
					"Give it a constructor that is not private.");
		}
	}

	/**
	 * Find the methods that go to the service: those of the generated interfaces that the
	 * client has.
	 */
	private Map<Method, ThriftMethod> remoteMethods() {
		Map<Method, ThriftMethod> remote = new LinkedHashMap<>();
		for (Class<?> iface : this.ifaces) {
			for (Method declared : iface.getMethods()) {
				ThriftMethod method = this.service.find(declared);
				if (method != null) {
					remote.put(declared, method);
				}
			}
		}
		return remote;
	}

	private void checkMethods(Set<Signature> remote) {
		Stream<Method> inherited = Arrays.stream(this.type.getMethods());
		Stream<Method> own = Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(this.type));
		Stream.concat(own, inherited).forEach((method) -> {
			int modifiers = method.getModifiers();
			boolean isRemote = remote.contains(Signature.of(method));
			if (isRemote && Modifier.isFinal(modifiers)) {
				throw new ThriftClientConfigurationException(
						"Method " + method.getName() + " of Thrift client class " + this.type.getName()
								+ " is final, so no proxy can send it to the service.",
						"Remove 'final' from the method.");
			}
			if (!isRemote && Modifier.isAbstract(modifiers) && !ReflectionUtils.isObjectMethod(method)) {
				throw new ThriftClientConfigurationException(
						"Method " + method.getName() + " of Thrift client " + this.type.getName()
								+ " is no method of service " + this.service.name() + " and has no body.",
						"Remove it, give it a body, or add it to the service in the IDL.");
			}
		});
	}

	private Class<?> createProxyClass(Map<Signature, Integer> callbacks, int count) {
		Class<?>[] callbackTypes = new Class<?>[count];
		Arrays.fill(callbackTypes, MethodInterceptor.class);
		callbackTypes[JUST_RUN] = NoOp.class;
		Enhancer enhancer = new Enhancer();
		enhancer.setSuperclass(this.type);
		enhancer.setNamingPolicy(SpringNamingPolicy.INSTANCE);
		enhancer.setCallbackTypes(callbackTypes);
		enhancer.setCallbackFilter((method) -> {
			Integer callback = callbacks.get(Signature.of(method));
			if (callback != null) {
				return callback;
			}
			return (method.getDeclaringClass() == Object.class && method.getName().equals("toString")) ? TO_STRING
					: JUST_RUN;
		});
		return enhancer.createClass();
	}

	private ClientMethod clientMethod(Method declared, ThriftMethod method) {
		Method actual = ClassUtils.getMethod(this.type, declared.getName(), declared.getParameterTypes());
		Style style = (declared.getDeclaringClass().getSimpleName().equals("FutureIface")) ? Style.FUTURE
				: (declared.getParameterCount() > method.javaMethod().getParameterCount()) ? Style.CALLBACK
						: Style.SYNC;
		MethodHandle body = Modifier.isAbstract(actual.getModifiers()) ? null
				: ClientMethod.body(actual, this.proxyClass);
		return new ClientMethod(declared, method, style, body);
	}

	/**
	 * Return the interface or class of the client.
	 * @return the type
	 */
	Class<?> type() {
		return this.type;
	}

	/**
	 * Return the service that the client calls.
	 * @return the service
	 */
	ThriftServiceDescriptor service() {
		return this.service;
	}

	/**
	 * Return the generated interfaces that the client has.
	 * @return {@code Iface}, {@code AsyncIface} or both
	 */
	List<Class<?>> ifaces() {
		return this.ifaces;
	}

	/**
	 * Whether the client is a class, and so its own fallback.
	 * @return {@code false} for an interface
	 */
	boolean isOwnFallback() {
		return !this.type.isInterface();
	}

	/**
	 * Return the class of the proxies. It has the constructors of the client class, and
	 * implements {@link org.springframework.cglib.proxy.Factory}, the callbacks of which
	 * are those of {@link #callbacks}. As long as it has none, the methods of a client
	 * class run as they are written.
	 * @return the class
	 */
	Class<?> proxyClass() {
		return this.proxyClass;
	}

	/**
	 * Return the methods that go to the service.
	 * @return the methods, in the order in which {@link #callbacks} wants their
	 * interceptors
	 */
	List<ClientMethod> methods() {
		return this.methods;
	}

	/**
	 * Arrange callbacks as the proxy class wants them.
	 * @param text the answer to {@code toString()}
	 * @param interceptors one for each of {@link #methods()}
	 * @return the callbacks of one proxy
	 */
	Callback[] callbacks(String text, List<MethodInterceptor> interceptors) {
		List<Callback> callbacks = new ArrayList<>();
		callbacks.add(NoOp.INSTANCE);
		callbacks.add((MethodInterceptor) (proxy, method, arguments, methodProxy) -> text);
		callbacks.addAll(interceptors);
		return callbacks.toArray(Callback[]::new);
	}

	/**
	 * Create a proxy of an interface.
	 * @return a new proxy, without callbacks
	 */
	Object newProxy() {
		try {
			Constructor<?> constructor = this.proxyClass.getDeclaredConstructor();
			return constructor.newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("cannot create a proxy of " + this.type.getName(), ex);
		}
	}

}
