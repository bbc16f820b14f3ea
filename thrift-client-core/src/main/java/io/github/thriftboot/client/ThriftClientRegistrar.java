package io.github.thriftboot.client;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.AnnotatedGenericBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanNameGenerator;
import org.springframework.beans.factory.support.InstanceSupplier;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.cglib.proxy.Callback;
import org.springframework.context.annotation.AnnotationBeanNameGenerator;
import org.springframework.context.annotation.AnnotationConfigUtils;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/**
 * Registers the clients of {@link EnableThriftClients} and {@link ImportThriftClients} as
 * beans.
 */
final class ThriftClientRegistrar implements ImportBeanDefinitionRegistrar {

	private final Environment environment;

	private final ResourceLoader resourceLoader;

	private final BeanFactory beanFactory;

	/**
	 * By name in lower case, as configuration keys know no case. Other registrars
	 * register clients, too.
	 */
	private final Map<String, ClientDefinition> registered = new HashMap<>();

	ThriftClientRegistrar(Environment environment, ResourceLoader resourceLoader, BeanFactory beanFactory) {
		this.environment = environment;
		this.resourceLoader = resourceLoader;
		this.beanFactory = beanFactory;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry,
			BeanNameGenerator importBeanNameGenerator) {
		findRegistered(registry);
		MergedAnnotation<EnableThriftClients> enable = importing.getAnnotations().get(EnableThriftClients.class);
		if (enable.isPresent()) {
			for (String basePackage : packages(enable, importing)) {
				scan(basePackage, registry);
			}
		}
		MergedAnnotation<ImportThriftClients> imports = importing.getAnnotations().get(ImportThriftClients.class);
		if (imports.isPresent()) {
			for (Class<?> type : imports.getClassArray("value")) {
				register(type, registry, importBeanNameGenerator);
			}
		}
	}

	private void findRegistered(BeanDefinitionRegistry registry) {
		this.registered.clear();
		for (String beanName : registry.getBeanDefinitionNames()) {
			if (registry.getBeanDefinition(beanName)
				.getAttribute(ClientDefinition.ATTRIBUTE) instanceof ClientDefinition client) {
				this.registered.put(key(client), client);
			}
		}
	}

	private Set<String> packages(MergedAnnotation<EnableThriftClients> enable, AnnotationMetadata importing) {
		Set<String> packages = new LinkedHashSet<>(Arrays.asList(enable.getStringArray("basePackages")));
		for (Class<?> type : enable.getClassArray("basePackageClasses")) {
			packages.add(type.getPackageName());
		}
		if (packages.isEmpty()) {
			if (AutoConfigurationPackages.has(this.beanFactory)) {
				packages.addAll(AutoConfigurationPackages.get(this.beanFactory));
			}
			else {
				packages.add(ClassUtils.getPackageName(importing.getClassName()));
			}
		}
		return packages;
	}

	private void scan(String basePackage, BeanDefinitionRegistry registry) {
		ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false,
				this.environment) {

			@Override
			protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
				// the default leaves out interfaces and abstract classes
				return definition.getMetadata().isIndependent() && !definition.getMetadata().isAnnotation();
			}

		};
		scanner.setResourceLoader(this.resourceLoader);
		scanner.addIncludeFilter(new AnnotationTypeFilter(ThriftClient.class));
		for (BeanDefinition candidate : scanner.findCandidateComponents(basePackage)) {
			Class<?> type = ClassUtils.resolveClassName(String.valueOf(candidate.getBeanClassName()),
					this.resourceLoader.getClassLoader());
			register(type, registry, AnnotationBeanNameGenerator.INSTANCE);
		}
	}

	private void register(Class<?> type, BeanDefinitionRegistry registry, BeanNameGenerator nameGenerator) {
		ClientDefinition client = ClientDefinition.of(type);
		if (isRegistered(client)) {
			return;
		}
		AnnotatedGenericBeanDefinition definition = new AnnotatedGenericBeanDefinition(type);
		AnnotationConfigUtils.processCommonDefinitionAnnotations(definition);
		String beanName = nameGenerator.generateBeanName(definition, registry);
		// the container knows the type without an instance
		definition.setBeanClass(client.type().proxyClass());
		definition.setAttribute(ClientDefinition.ATTRIBUTE, client);
		if (type.isInterface()) {
			InstanceSupplier<Object> supplier = (bean) -> factory(bean).create(client);
			definition.setInstanceSupplier(supplier);
			// advice needs a proxy of this interface: the class of ours has final methods
			definition.setAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE, new Class<?>[] { type });
		}
		else {
			// The container makes the proxy itself, as it makes any bean: it finds the
			// constructor, injects and calls back.
			definition.getPropertyValues().add("callbacks", callbacks(client));
		}
		registry.registerBeanDefinition(beanName, definition);
	}

	/**
	 * Describe the value of the property that the proxy of a class has,
	 * {@link org.springframework.cglib.proxy.Factory#setCallbacks}. It connects the proxy
	 * when all else is injected and before its init methods run.
	 */
	private static RootBeanDefinition callbacks(ClientDefinition client) {
		RootBeanDefinition callbacks = new RootBeanDefinition(Callback[].class);
		InstanceSupplier<Callback[]> supplier = (bean) -> factory(bean).callbacks(client);
		callbacks.setInstanceSupplier(supplier);
		callbacks.setSynthetic(true);
		return callbacks;
	}

	private static ThriftClientFactory factory(RegisteredBean bean) {
		return bean.getBeanFactory().getBean(ThriftClientFactory.class);
	}

	private boolean isRegistered(ClientDefinition client) {
		ClientDefinition other = this.registered.putIfAbsent(key(client), client);
		if (other != null && other.type() != client.type()) {
			throw new ThriftClientConfigurationException(
					"Two Thrift clients are named '" + client.name() + "': " + other.type().type().getName() + " and "
							+ client.type().type().getName() + ".",
					"Give one of them a name of its own in @ThriftClient(name = ...).");
		}
		return other != null;
	}

	private static String key(ClientDefinition client) {
		return client.name().toLowerCase(Locale.ROOT);
	}

}
