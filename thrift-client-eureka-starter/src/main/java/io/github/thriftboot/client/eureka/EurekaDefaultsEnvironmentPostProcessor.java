package io.github.thriftboot.client.eureka;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Adds a default behind everything that the user sets: on a refresh the configuration of
 * the application's own Eureka instance is kept. Otherwise Spring Cloud wipes it, and a
 * consumer that is registered leaves the registry for good
 * (<a href="https://github.com/spring-cloud/spring-cloud-commons/issues/1733">bug</a>).
 */
final class EurekaDefaultsEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String NEVER_REFRESHABLE = "spring.cloud.refresh.never-refreshable";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!environment.containsProperty(NEVER_REFRESHABLE)) {
			// Spring Cloud's own default is replaced by it, so it is repeated
			environment.getPropertySources()
				.addLast(new MapPropertySource("thriftClientEurekaDefaults",
						Map.of(NEVER_REFRESHABLE, "com.zaxxer.hikari.HikariDataSource,"
								+ "org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean")));
		}
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
