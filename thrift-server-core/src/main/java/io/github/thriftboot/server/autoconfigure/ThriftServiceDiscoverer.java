package io.github.thriftboot.server.autoconfigure;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.server.ThriftServer;
import org.apache.thrift.async.AsyncMethodCallback;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.StringUtils;

/**
 * Finds the beans that are annotated with {@link ThriftServer @ThriftServer}, and the
 * services that they implement.
 */
final class ThriftServiceDiscoverer {

	private final ConfigurableListableBeanFactory beanFactory;

	ThriftServiceDiscoverer(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Find the services. Their beans are created if they were not yet.
	 * @return the services, each name once, empty if there are none
	 * @throws ThriftServerStartException if a bean is not declared as it should be
	 */
	List<ServiceBean> discover() {
		Map<String, ServiceBean> services = new LinkedHashMap<>();
		annotatedBeans().forEach((beanName, annotation) -> {
			for (ServiceBean service : services(beanName, annotation)) {
				ServiceBean other = services.putIfAbsent(service.name(), service);
				if (other != null) {
					throw new ThriftServerStartException(
							"The Thrift service '" + service.name() + "' is exported twice: by bean '"
									+ other.beanName() + "' (" + other.ifaceName() + ") and by bean '"
									+ service.beanName() + "' (" + service.ifaceName() + ").",
							"Remove one of the beans, or give one of the services another name with"
									+ " @ThriftServer(name = \"...\").");
				}
			}
		});
		return List.copyOf(services.values());
	}

	private Map<String, ThriftServer> annotatedBeans() {
		Map<String, ThriftServer> beans = new LinkedHashMap<>();
		for (String name : this.beanFactory.getBeanNamesForAnnotation(ThriftServer.class)) {
			// of a scoped bean the proxy is called, but the annotation may be on the
			// target's definition only
			String beanName = ScopedProxyUtils.isScopedTarget(name) ? ScopedProxyUtils.getOriginalBeanName(name) : name;
			beans.putIfAbsent(beanName, annotation(name));
		}
		return beans;
	}

	private ThriftServer annotation(String beanName) {
		if (this.beanFactory.containsBeanDefinition(beanName)
				&& this.beanFactory.getBeanDefinition(beanName) instanceof AnnotatedBeanDefinition definition) {
			MethodMetadata method = definition.getFactoryMethodMetadata();
			MergedAnnotation<ThriftServer> declared = (method != null) ? method.getAnnotations().get(ThriftServer.class)
					: MergedAnnotation.missing();
			if (declared.isPresent()) {
				return declared.synthesize();
			}
		}
		return Objects.requireNonNull(this.beanFactory.findAnnotationOnBean(beanName, ThriftServer.class));
	}

	private List<ServiceBean> services(String beanName, ThriftServer annotation) {
		Object handler = this.beanFactory.getBean(beanName);
		Class<?> type = AopProxyUtils.ultimateTargetClass(handler);
		List<ThriftServiceDescriptor> descriptors = ThriftServiceDescriptor.allOf(type);
		if (descriptors.isEmpty()) {
			throw new ThriftServerStartException(
					"The bean '" + beanName + "' (" + type.getName()
							+ ") is annotated with @ThriftServer but implements no Thrift service.",
					"Let it implement the Iface or the AsyncIface of a class that the Thrift compiler generated,"
							+ " or remove @ThriftServer.");
		}
		checkName(beanName, annotation.name(), descriptors);
		return descriptors.stream().map((descriptor) -> {
			checkInterfaces(beanName, type, handler, descriptor);
			String name = StringUtils.hasLength(annotation.name()) ? annotation.name() : descriptor.name();
			return new ServiceBean(name, beanName, descriptor, handler, type, annotation.executor());
		}).toList();
	}

	private static void checkName(String beanName, String name, List<ThriftServiceDescriptor> descriptors) {
		if (StringUtils.hasLength(name) && descriptors.size() > 1) {
			throw new ThriftServerStartException(
					"The bean '" + beanName + "' is annotated with @ThriftServer(name = \"" + name
							+ "\") but implements several Thrift services: " + descriptors + ".",
					"Remove the name, then each service is exported under its own, or split the bean in one for"
							+ " each service.");
		}
		// what separates names on the wire and in registries
		if (name.chars().anyMatch((character) -> character == ':' || character == ',' || character <= ' ')) {
			throw new ThriftServerStartException(
					"The bean '" + beanName + "' is annotated with @ThriftServer(name = \"" + name
							+ "\"), which is no name of a service.",
					"Use a name without colons, commas and white space.");
		}
	}

	private static void checkInterfaces(String beanName, Class<?> type, Object handler,
			ThriftServiceDescriptor descriptor) {
		Class<?> iface = descriptor.iface();
		Class<?> asyncIface = descriptor.asyncIface();
		if (asyncIface != null && iface.isAssignableFrom(type) && asyncIface.isAssignableFrom(type)) {
			throw new ThriftServerStartException(
					"The bean '" + beanName + "' (" + type.getName() + ") implements both Iface and AsyncIface of the"
							+ " Thrift service " + descriptor.name() + ", so it is not clear which of them to call.",
					"Implement only one of them in a bean that is annotated with @ThriftServer.");
		}
		if (!iface.isInstance(handler) && (asyncIface == null || !asyncIface.isInstance(handler))) {
			throw new ThriftServerStartException(
					"The bean '" + beanName
							+ "' is a proxy that does not implement the interface of the Thrift service "
							+ descriptor.name() + ", although its target " + type.getName() + " does.",
					"Let the proxy implement " + iface.getName() + ", or let it extend the target's class.");
		}
	}

	/**
	 * A service that a bean exports.
	 *
	 * @param name the name on the wire
	 * @param beanName the name of the bean
	 * @param descriptor the methods of the service
	 * @param handler the bean
	 * @param type the class of the bean, behind its proxy if it has one
	 * @param executor the name of the executor bean, empty for that of the server
	 */
	record ServiceBean(String name, String beanName, ThriftServiceDescriptor descriptor, Object handler, Class<?> type,
			String executor) {

		/**
		 * Return the method of the bean's class that implements a method.
		 * @param method one of the service
		 * @return the Java method, which has a callback for its last parameter if the
		 * bean is asynchronous
		 */
		Method implementation(ThriftMethod method) {
			Method declared = method.javaMethod();
			List<Class<?>> parameters = new ArrayList<>(List.of(declared.getParameterTypes()));
			if (!this.descriptor.iface().isAssignableFrom(this.type)) {
				parameters.add(AsyncMethodCallback.class);
			}
			try {
				return this.type.getMethod(declared.getName(), parameters.toArray(Class[]::new));
			}
			catch (NoSuchMethodException ex) {
				throw new IllegalStateException(this.type + " does not implement " + method, ex);
			}
		}

		/**
		 * Return the object behind the proxy, if the bean has one and it can be told.
		 * @return the object, or the bean itself
		 */
		Object target() {
			Object target = this.handler;
			for (Object next = AopProxyUtils.getSingletonTarget(target); next != null;) {
				target = next;
				next = AopProxyUtils.getSingletonTarget(target);
			}
			return target;
		}

		private String ifaceName() {
			return this.descriptor.iface().getName();
		}

	}

}
