package io.github.thriftboot.client;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Sees that {@link ThriftFallback} beans are not injected in place of clients, and that
 * each of them can be a fallback.
 */
public final class ThriftFallbackPostProcessor implements BeanFactoryPostProcessor {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		for (String name : Fallbacks.markedBeans(beanFactory)) {
			beanFactory.getBeanDefinition(name).setAutowireCandidate(false);
			check(beanFactory, name);
		}
	}

	private static void check(ConfigurableListableBeanFactory beanFactory, String name) {
		Class<?> type = Fallbacks.fallbackType(beanFactory, name);
		if (type == null || ThriftServiceDescriptor.allOf(type).isEmpty()) {
			throw new ThriftClientConfigurationException(
					"@ThriftFallback bean '" + name + "' (" + beanFactory.getType(name, false)
							+ ") is no fallback of any Thrift service.",
					"Let it implement the Iface or the AsyncIface of a generated class, or ThriftFallbackFactory with "
							+ "one of them as its type argument, or remove the annotation.");
		}
	}

}
