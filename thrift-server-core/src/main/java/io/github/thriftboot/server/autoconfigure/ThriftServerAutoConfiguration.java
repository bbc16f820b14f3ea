package io.github.thriftboot.server.autoconfigure;

import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import jakarta.validation.Validator;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of the Thrift server that exports
 * the {@link ThriftServer @ThriftServer} beans. Without such beans nothing is bound.
 */
@AutoConfiguration(after = TaskExecutionAutoConfiguration.class,
		afterName = "org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration")
@ConditionalOnBooleanProperty(name = "thrift.server.enabled", matchIfMissing = true)
@EnableConfigurationProperties(ThriftServerProperties.class)
public final class ThriftServerAutoConfiguration {

	private static final String EXECUTOR_BEAN_NAME = "thriftServerExecutor";

	private static final String THREAD_NAME_PREFIX = "thrift-handler-";

	/**
	 * The server looks for beans in its own context only: a parent context may have a
	 * server of its own.
	 */
	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	ThriftServerLifecycle thriftServerLifecycle(ConfigurableApplicationContext context,
			ThriftServerProperties properties) {
		properties.validate();
		ThriftServerFactory factory = new ThriftServerFactory(context.getBeanFactory(), properties, EXECUTOR_BEAN_NAME);
		return new ThriftServerLifecycle(context, factory::bind, properties.getWeight(),
				properties.getShutdown().getRegistryWait(), properties.getShutdown().getGracePeriod());
	}

	/**
	 * Not a default candidate, so that it is not taken for the executor of the
	 * application. Without virtual threads the server has a pool of its own.
	 */
	@Bean(name = EXECUTOR_BEAN_NAME, defaultCandidate = false)
	@ConditionalOnMissingBean(name = EXECUTOR_BEAN_NAME, search = SearchStrategy.CURRENT)
	@ConditionalOnThreading(Threading.VIRTUAL)
	SimpleAsyncTaskExecutor thriftServerVirtualThreadExecutor() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(THREAD_NAME_PREFIX);
		executor.setVirtualThreads(true);
		executor.setCancelRemainingTasksOnClose(true);
		return executor;
	}

	/**
	 * Validation of arguments, where there is something to validate with.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Validator.class)
	@ConditionalOnBooleanProperty(name = "thrift.server.validation.enabled", matchIfMissing = true)
	static class ValidationConfiguration {

		@Bean
		@ConditionalOnSingleCandidate(Validator.class)
		ArgumentValidation thriftServerArgumentValidation(Validator validator) {
			return new ArgumentValidation(validator);
		}

	}

}
