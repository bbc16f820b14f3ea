package io.github.thriftboot.server.eureka;

import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EurekaDefaultsEnvironmentPostProcessor}.
 */
class EurekaDefaultsEnvironmentPostProcessorTests {

	private static final String INSTANCE_ID = "spring.application.instance_id";

	private static final String NEVER_REFRESHABLE = "spring.cloud.refresh.never-refreshable";

	private static MockEnvironment process(MockEnvironment environment) {
		new EurekaDefaultsEnvironmentPostProcessor().postProcessEnvironment(environment, new SpringApplication());
		return environment;
	}

	@Test
	void everyApplicationHasAnIdOfItsOwn() {
		String id = process(new MockEnvironment()).getProperty(INSTANCE_ID);
		assertThat(id).isNotBlank().isNotEqualTo(process(new MockEnvironment()).getProperty(INSTANCE_ID));
	}

	@Test
	void refreshKeepsTheInstanceAndWhatSpringCloudKeeps() {
		assertThat(process(new MockEnvironment()).getProperty(NEVER_REFRESHABLE, String[].class))
			.containsExactly("com.zaxxer.hikari.HikariDataSource", EurekaInstanceConfigBean.class.getName());
	}

	@Test
	void valuesOfTheUserWin() {
		MockEnvironment environment = new MockEnvironment().withProperty(INSTANCE_ID, "mine")
			.withProperty(NEVER_REFRESHABLE, "also.Mine");
		process(environment);
		assertThat(environment.getProperty(INSTANCE_ID)).isEqualTo("mine");
		assertThat(environment.getProperty(NEVER_REFRESHABLE)).isEqualTo("also.Mine");
	}

	@Test
	void isRegisteredAndDefaultPropertiesOfTheApplicationWin() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Empty.class)
			.web(WebApplicationType.NONE)
			.properties(Map.of(INSTANCE_ID, "mine"))
			.run()) {
			assertThat(context.getEnvironment().getProperty(INSTANCE_ID)).isEqualTo("mine");
			assertThat(context.getEnvironment().getProperty(NEVER_REFRESHABLE))
				.contains(EurekaInstanceConfigBean.class.getName());
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

}
