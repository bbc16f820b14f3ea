package io.github.thriftboot.server.autoconfigure;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.server.EventLoopExecutor;
import io.github.thriftboot.server.ThriftExecutor;
import io.github.thriftboot.server.autoconfigure.ThriftServiceDiscoverer.ServiceBean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.StringUtils;

/**
 * Finds out where handlers run: what properties say comes before annotations, what is
 * said of a method before what is said of its service.
 */
final class HandlerExecutors {

	private static final Logger logger = LoggerFactory.getLogger(HandlerExecutors.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final ThriftServerProperties properties;

	private final EventLoopExecutor eventLoop;

	HandlerExecutors(ConfigurableListableBeanFactory beanFactory, ThriftServerProperties properties) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.eventLoop = new EventLoopExecutor(properties.getExecutor().getEventLoopWarnAfter());
	}

	/**
	 * Return where the methods of a service run.
	 * @param service the service
	 * @return the executor, or {@code null} for that of the server
	 */
	@Nullable Executor ofService(ServiceBean service) {
		String property = configured(this.properties.getService(), service.name())
			.map(ThriftServerServiceProperties::getExecutor)
			.orElse(null);
		if (property != null) {
			return configuredExecutor("service." + service.name() + ".executor", property);
		}
		return StringUtils.hasLength(service.executor()) ? annotatedExecutor("The bean '" + service.beanName()
				+ "' is annotated with @ThriftServer(executor = \"" + service.executor() + "\")", service.executor())
				: null;
	}

	/**
	 * Return where methods run that differ from the others of their service.
	 * @param service the service
	 * @return the executors by the names of the methods in the IDL
	 */
	Map<String, Executor> ofMethods(ServiceBean service) {
		Map<String, Executor> executors = new LinkedHashMap<>();
		Optional<ThriftServerServiceProperties> configured = configured(this.properties.getService(), service.name());
		configured.ifPresent((properties) -> checkMethods(service, properties));
		for (ThriftMethod method : service.descriptor().methods().values()) {
			Executor executor = ofMethod(service, method, configured.orElse(null));
			if (executor != null) {
				executors.put(method.name(), executor);
			}
		}
		return executors;
	}

	private @Nullable Executor ofMethod(ServiceBean service, ThriftMethod method,
			@Nullable ThriftServerServiceProperties configured) {
		String property = (configured != null)
				? configured(configured.getMethod(), method.name()).map(ThriftServerMethodProperties::getExecutor)
					.orElse(null)
				: null;
		if (property != null) {
			return configuredExecutor("service." + service.name() + ".method." + method.name() + ".executor", property);
		}
		if (configured != null && configured.getExecutor() != null) {
			// comes before the annotations of the service
			return null;
		}
		Method implementation = service.implementation(method);
		MergedAnnotation<ThriftExecutor> annotation = MergedAnnotations
			.from(implementation, SearchStrategy.TYPE_HIERARCHY)
			.get(ThriftExecutor.class);
		if (!annotation.isPresent()) {
			return null;
		}
		String name = annotation.getString(MergedAnnotation.VALUE);
		return annotatedExecutor("The method '" + implementation.getName() + "' of bean '" + service.beanName()
				+ "' is annotated with @ThriftExecutor(\"" + name + "\")", name);
	}

	private static <T> Optional<T> configured(Map<String, T> entries, String name) {
		// as for clients: environment variables know no case
		return entries.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().equalsIgnoreCase(name))
			.map(Map.Entry::getValue)
			.findFirst();
	}

	/**
	 * Log properties that are for none of the services. No error: applications may share
	 * a configuration.
	 * @param services all services
	 */
	void logUnused(List<ServiceBean> services) {
		List<String> names = services.stream().map(ServiceBean::name).toList();
		for (String configured : this.properties.getService().keySet()) {
			if (names.stream().noneMatch(configured::equalsIgnoreCase)) {
				logger.warn("Properties 'thrift.server.service.{}' have no effect: the exported services are {}",
						configured, names);
			}
		}
	}

	private static void checkMethods(ServiceBean service, ThriftServerServiceProperties properties) {
		for (String name : properties.getMethod().keySet()) {
			if (service.descriptor().methods().keySet().stream().noneMatch(name::equalsIgnoreCase)) {
				throw new InvalidConfigurationPropertyValueException(
						"thrift.server.service." + service.name() + ".method." + name, name,
						"The service has no such method. A name of the IDL is expected, one of "
								+ service.descriptor().methods().keySet() + ".");
			}
		}
	}

	private Executor configuredExecutor(String property, String name) {
		try {
			return executor(name);
		}
		catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
			throw new InvalidConfigurationPropertyValueException("thrift.server." + property, name,
					"The name of an Executor bean is expected, one of " + executorNames() + ", or '"
							+ ThriftExecutor.EVENT_LOOP + "'.");
		}
	}

	private Executor annotatedExecutor(String where, String name) {
		try {
			return executor(name);
		}
		catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException ex) {
			throw new ThriftServerStartException(
					where + ", but there is no bean of type " + Executor.class.getName() + " with this name.",
					"Define an Executor bean named '" + name + "', or name one of those that exist: " + executorNames()
							+ ", or '" + ThriftExecutor.EVENT_LOOP + "'.",
					ex);
		}
	}

	private Executor executor(String name) {
		// a lookup, no injection: with an executor that stops early Spring would stop all
		// that depends on it, the server too, whatever its phase
		return name.equals(ThriftExecutor.EVENT_LOOP) ? this.eventLoop : this.beanFactory.getBean(name, Executor.class);
	}

	private String executorNames() {
		return Arrays.toString(this.beanFactory.getBeanNamesForType(Executor.class));
	}

}
