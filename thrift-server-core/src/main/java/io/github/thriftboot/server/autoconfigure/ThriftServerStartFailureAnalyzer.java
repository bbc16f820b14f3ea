package io.github.thriftboot.server.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a {@link ThriftServerStartException}.
 */
final class ThriftServerStartFailureAnalyzer extends AbstractFailureAnalyzer<ThriftServerStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ThriftServerStartException cause) {
		return new FailureAnalysis(cause.description(), cause.action(), cause);
	}

}
