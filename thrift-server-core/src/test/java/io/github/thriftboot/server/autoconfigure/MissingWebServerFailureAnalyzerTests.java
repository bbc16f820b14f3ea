package io.github.thriftboot.server.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.context.MissingWebServerFactoryBeanException;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MissingWebServerFailureAnalyzer}.
 */
class MissingWebServerFailureAnalyzerTests {

	private final MissingWebServerFailureAnalyzer analyzer = new MissingWebServerFailureAnalyzer();

	private static MissingWebServerFactoryBeanException failure(WebApplicationType type) {
		return new MissingWebServerFactoryBeanException(WebServerApplicationContext.class, WebServerFactory.class,
				type);
	}

	@Test
	void namesTheDependencyAndItsExclusion() {
		FailureAnalysis analysis = this.analyzer.analyze(failure(WebApplicationType.SERVLET));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("libthrift", "jakarta.servlet-api");
		assertThat(analysis.getAction()).contains("<exclusion>", "<artifactId>jakarta.servlet-api</artifactId>",
				"'spring.main.web-application-type' to 'none'", "add a web server");
	}

	@Test
	void leavesOtherWebApplicationsToSpringBoot() {
		assertThat(this.analyzer.analyze(failure(WebApplicationType.REACTIVE))).isNull();
	}

}
