package io.github.thriftboot.server.eureka;

import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.server.autoconfigure.ThriftServerAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the registration of Thrift
 * services in Eureka.
 */
@AutoConfiguration(after = ThriftServerAutoConfiguration.class)
@ConditionalOnClass(EurekaRegistration.class)
@ConditionalOnBean(value = ThriftServerLifecycle.class, search = SearchStrategy.CURRENT)
public final class ThriftServerEurekaAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	EurekaMetadataContributor thriftEurekaMetadataContributor(ThriftServerLifecycle lifecycle,
			ObjectProvider<EurekaRegistration> registration) {
		return new EurekaMetadataContributor(lifecycle, registration);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	EurekaServerRegistration thriftEurekaServerRegistration(
			ObjectProvider<EurekaAutoServiceRegistration> registration) {
		return new EurekaServerRegistration(registration);
	}

}
