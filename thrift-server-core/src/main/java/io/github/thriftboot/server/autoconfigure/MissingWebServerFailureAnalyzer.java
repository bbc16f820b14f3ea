package io.github.thriftboot.server.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.context.MissingWebServerFactoryBeanException;
import org.springframework.core.annotation.Order;

/**
 * Explains why a Thrift server without a web server was taken for a web application:
 * libthrift brings the servlet API, from which Spring Boot deduces one. Comes before the
 * analyzer of Spring Boot, which knows nothing of libthrift.
 */
@Order(-1)
final class MissingWebServerFailureAnalyzer extends AbstractFailureAnalyzer<MissingWebServerFactoryBeanException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, MissingWebServerFactoryBeanException cause) {
		if (cause.getWebApplicationType() != WebApplicationType.SERVLET) {
			return null;
		}
		return new FailureAnalysis(
				"The application was started as a servlet web application, but it has no web server."
						+ " The servlet API is on the class path, and Apache Thrift brings it:"
						+ " org.apache.thrift:libthrift depends on jakarta.servlet:jakarta.servlet-api.",
				"""
						If the application serves no HTTP, exclude the servlet API where your build declares libthrift:

						    <dependency>
						        <groupId>org.apache.thrift</groupId>
						        <artifactId>libthrift</artifactId>
						        <exclusions>
						            <exclusion>
						                <groupId>jakarta.servlet</groupId>
						                <artifactId>jakarta.servlet-api</artifactId>
						            </exclusion>
						        </exclusions>
						    </dependency>

						or set 'spring.main.web-application-type' to 'none'. If it serves HTTP, add a web server, such as \
						spring-boot-starter-webmvc.""",
				cause);
	}

}
