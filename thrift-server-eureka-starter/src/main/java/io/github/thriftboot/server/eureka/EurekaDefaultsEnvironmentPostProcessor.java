package io.github.thriftboot.server.eureka;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Adds defaults that registration in Eureka needs, behind everything that the user sets.
 * <ul>
 * <li>An instance id that no other process has: two applications of one name on one host
 * would replace each other in the registry, as a Thrift port is not part of the id.</li>
 * <li>The instance's configuration is kept on a refresh. Otherwise Spring Cloud wipes it,
 * and the instance leaves the registry for good
 * (<a href="https://github.com/spring-cloud/spring-cloud-commons/issues/1733">bug</a>). A
 * default is replaced, not extended, so the one of Spring Cloud is repeated.</li>
 * </ul>
 */
final class EurekaDefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String PROPERTY_SOURCE_NAME = "thriftServerEurekaDefaults";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		Map<String, Object> defaults = new HashMap<>();
		defaults.put("spring.application.instance_id", UUID.randomUUID().toString());
		defaults.put("spring.cloud.refresh.never-refreshable", "com.zaxxer.hikari.HikariDataSource,"
				+ "org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean");
		// Spring Boot moves default properties of the application behind all others
		defaults.keySet().removeIf(environment::containsProperty);
		environment.getPropertySources().addLast(new MapPropertySource(PROPERTY_SOURCE_NAME, defaults));
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
