package io.github.thriftboot.client;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells a {@link ThriftClientConfigurationException} as Spring Boot tells failures of the
 * start.
 */
class ThriftClientConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<ThriftClientConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ThriftClientConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
