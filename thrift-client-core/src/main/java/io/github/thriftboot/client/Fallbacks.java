package io.github.thriftboot.client;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Finds the fallbacks of clients in a bean factory and checks their types. The fallbacks
 * themselves are made late, because they may depend on clients.
 */
final class Fallbacks {

	private final ConfigurableListableBeanFactory beanFactory;

	private final SingletonSupplier<List<String>> marked;

	private final Queue<SingletonSupplier<Object>> found = new ConcurrentLinkedQueue<>();

	private final Queue<Object> created = new ConcurrentLinkedQueue<>();

	Fallbacks(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.marked = SingletonSupplier.of(() -> markedBeans(beanFactory));
	}

	/**
	 * Find the fallback of a client.
	 * @param client the client, an interface
	 * @return the fallback, or {@code null} if it has none
	 * @throws ThriftClientConfigurationException if there is one that cannot be used
	 */
	@Nullable Fallback find(ClientDefinition client) {
		if (client.fallback() != null) {
			checkType(client, client.fallback(), client.fallback());
			return named(client, client.fallback(), client.fallback());
		}
		if (client.fallbackFactory() != null) {
			Class<?> made = madeBy(ResolvableType.forClass(client.fallbackFactory()));
			return named(client, client.fallbackFactory(), checkType(client, client.fallbackFactory(), made));
		}
		return marked(client);
	}

	private static Class<?> checkType(ClientDefinition client, Class<?> named, @Nullable Class<?> type) {
		if (type != null && implementsIface(type, client)) {
			return type;
		}
		String iface = client.type().ifaces().get(0).getCanonicalName();
		boolean factory = named == client.fallbackFactory();
		String expected = factory ? "ThriftFallbackFactory<" + iface + ">" : iface;
		throw new ThriftClientConfigurationException(
				named.getName() + " is named as the fallback" + (factory ? " factory" : "") + " of " + client
						+ ", but does not implement " + expected + ".",
				"Let it implement " + expected + ", or name another class in @ThriftClient.");
	}

	private Fallback named(ClientDefinition client, Class<?> beanType, Class<?> fallbackType) {
		List<String> names = Arrays.stream(this.beanFactory.getBeanNamesForType(beanType, true, false))
			.filter((name) -> !isClient(name))
			.toList();
		if (names.size() > 1) {
			throw new ThriftClientConfigurationException(
					"The fallback of " + client + " is not clear: there are " + names.size() + " beans of type "
							+ beanType.getName() + ": " + names + ".",
					"Name a class in @ThriftClient of which there is one bean, or none.");
		}
		if (names.size() == 1) {
			return fallback(fallbackType, () -> this.beanFactory.getBean(names.get(0)));
		}
		if (beanType.isInterface() || Modifier.isAbstract(beanType.getModifiers())
				|| ClassUtils.isInnerClass(beanType)) {
			throw new ThriftClientConfigurationException(
					"There is no bean of type " + beanType.getName() + ", which is named as the fallback of " + client
							+ ", and none can be made of an interface, an abstract or an inner class.",
					"Name a class in @ThriftClient that can be instantiated, or declare a bean of that type.");
		}
		return fallback(fallbackType, () -> create(beanType));
	}

	private @Nullable Fallback marked(ClientDefinition client) {
		Map<String, Class<?>> types = new LinkedHashMap<>();
		for (String name : this.marked.obtain()) {
			Class<?> type = fallbackType(this.beanFactory, name);
			if (type != null && implementsIface(type, client) && isOfService(type, client.type().service())) {
				types.put(name, type);
			}
		}
		if (types.size() > 1) {
			throw new ThriftClientConfigurationException(
					"The fallback of " + client + " is not clear: there are " + types.size()
							+ " @ThriftFallback beans of service " + client.type().service().name() + ": "
							+ types.keySet() + ".",
					"Remove the annotation from all but one, or name one in @ThriftClient(fallback = ...).");
		}
		return types.entrySet()
			.stream()
			.map((entry) -> fallback(entry.getValue(), () -> this.beanFactory.getBean(entry.getKey())))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return the names of the {@link ThriftFallback} beans, without making any bean to
	 * find them.
	 * @param beanFactory the bean factory
	 * @return names of bean definitions
	 */
	static List<String> markedBeans(ConfigurableListableBeanFactory beanFactory) {
		return Arrays.stream(beanFactory.getBeanDefinitionNames())
			.filter((name) -> !beanFactory.getBeanDefinition(name).isAbstract()
					&& beanFactory.findAnnotationOnBean(name, ThriftFallback.class, false) != null)
			.toList();
	}

	/**
	 * Return the type that a bean answers with: its own, or what it makes if it is a
	 * factory.
	 * @param beanFactory the bean factory
	 * @param name the name of a {@link ThriftFallback} bean
	 * @return the type, or {@code null} if it is not known
	 */
	static @Nullable Class<?> fallbackType(ConfigurableListableBeanFactory beanFactory, String name) {
		Class<?> type = beanFactory.getType(name, false);
		if (type == null || !ThriftFallbackFactory.class.isAssignableFrom(type)) {
			return type;
		}
		Class<?> made = madeBy(ResolvableType.forClass(type));
		if (made == null) {
			// a lambda: the bean method knows
			BeanDefinition definition = beanFactory.getMergedBeanDefinition(name);
			made = (definition instanceof RootBeanDefinition root) ? madeBy(root.getResolvableType()) : null;
		}
		return made;
	}

	private static @Nullable Class<?> madeBy(ResolvableType factory) {
		return factory.as(ThriftFallbackFactory.class).getGeneric().resolve();
	}

	/**
	 * Whether a type is a fallback of this very service, and not of one that extends it.
	 */
	private static boolean isOfService(Class<?> type, ThriftServiceDescriptor service) {
		return ThriftServiceDescriptor.allOf(type).stream().anyMatch((other) -> other.iface() == service.iface());
	}

	private static boolean implementsIface(Class<?> type, ClientDefinition client) {
		return client.type().ifaces().stream().anyMatch((iface) -> iface.isAssignableFrom(type));
	}

	private boolean isClient(String name) {
		return this.beanFactory.containsBeanDefinition(name)
				&& this.beanFactory.getBeanDefinition(name).hasAttribute(ClientDefinition.ATTRIBUTE);
	}

	private Fallback fallback(Class<?> type, Supplier<Object> supplier) {
		SingletonSupplier<Object> bean = SingletonSupplier.of(supplier);
		this.found.add(bean);
		return new Fallback(type, (cause) -> (bean.obtain() instanceof ThriftFallbackFactory<?> factory)
				? factory.create(cause) : bean.obtain());
	}

	private Object create(Class<?> type) {
		Object bean = this.beanFactory.createBean(type);
		this.created.add(bean);
		return bean;
	}

	/**
	 * Make all fallbacks that were found, so that one that cannot be made ends the start
	 * and not a call.
	 */
	void makeAll() {
		this.found.forEach(SingletonSupplier::obtain);
		this.found.clear();
	}

	/**
	 * Destroy the fallbacks that are no beans.
	 */
	void destroy() {
		this.created.forEach(this.beanFactory::destroyBean);
		this.created.clear();
	}

}
