package io.github.thriftboot.client.eureka;

import com.netflix.appinfo.EurekaInstanceConfig;
import com.netflix.discovery.EurekaClient;
import com.netflix.discovery.EurekaClientConfig;
import io.github.thriftboot.client.autoconfigure.ThriftClientAutoConfiguration;
import io.github.thriftboot.netty.client.InstanceSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.netflix.eureka.EurekaClientAutoConfiguration;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that lets Thrift clients find their
 * services in Eureka.
 */
@AutoConfiguration(before = ThriftClientAutoConfiguration.class, after = EurekaClientAutoConfiguration.class)
@ConditionalOnClass(EurekaClient.class)
@ConditionalOnBooleanProperty(name = "thrift.client.enabled", matchIfMissing = true)
@ConditionalOnBean(EurekaClient.class)
public final class ThriftClientEurekaAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(InstanceSource.class)
	EurekaInstanceSource thriftInstanceSource(ApplicationContext context, ObjectProvider<EurekaClient> eurekaClient,
			ObjectProvider<EurekaAutoServiceRegistration> registration,
			ObjectProvider<EurekaInstanceConfig> instanceConfig, ObjectProvider<EurekaClientConfig> clientConfig) {
		return new EurekaInstanceSource(context, eurekaClient, registration, instanceConfig, clientConfig);
	}

}
