package io.github.thriftboot.client.eureka;

import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class EurekaDefaultsEnvironmentPostProcessorTests {

	private static final String KEY = "spring.cloud.refresh.never-refreshable";

	private final MockEnvironment environment = new MockEnvironment();

	private void process() {
		new EurekaDefaultsEnvironmentPostProcessor().postProcessEnvironment(this.environment, new SpringApplication());
	}

	@Test
	void configurationOfTheInstanceIsKeptOnRefresh() {
		process();
		assertThat(this.environment.getProperty(KEY)).isEqualTo("com.zaxxer.hikari.HikariDataSource,"
				+ "org.springframework.cloud.netflix.eureka.EurekaInstanceConfigBean");
	}

	@Test
	void valueOfTheUserIsKept() {
		this.environment.setProperty(KEY, "mine");
		process();
		assertThat(this.environment.getProperty(KEY)).isEqualTo("mine");
	}

}
