package io.github.thriftboot.server.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.OtherHandler;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ThriftServerAutoConfiguration}.
 */
class ThriftServerAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ThriftServerAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
		.withPropertyValues("thrift.server.port=0", "thrift.server.address=localhost");

	private static InstanceMetadata metadata(AssertableApplicationContext context) {
		InstanceMetadata metadata = context.getBean(ThriftServerLifecycle.class).metadata();
		assertThat(metadata).isNotNull();
		return metadata;
	}

	@Test
	void exportsAnnotatedBeans() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class, OtherConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(ThriftServerLifecycle.class);
			assertThat(metadata(context).services()).containsExactlyInAnyOrder("EchoService", "OtherService");
			assertThat(context.getEnvironment().getProperty("local.thrift.server.port", Integer.class))
				.isEqualTo(metadata(context).port())
				.isPositive();
		});
	}

	@Test
	void withoutAnnotatedBeanNothingIsStarted() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(ThriftServerLifecycle.class).isRunning()).isFalse();
			assertThat(context.getEnvironment().containsProperty("local.thrift.server.port")).isFalse();
		});
	}

	@Test
	void backsOffWhenSwitchedOff() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ThriftServerLifecycle.class)
				.doesNotHaveBean("thriftServerExecutor"));
	}

	@Test
	void backsOffWhenUserDefinesLifecycle() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class, LifecycleConfiguration.class)
			.run((context) -> assertThat(context).getBean(ThriftServerLifecycle.class)
				.isSameAs(context.getBean("userLifecycle")));
	}

	@Test
	void serverOfParentContextDoesNotReplaceThatOfChild() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.run((parent) -> this.contextRunner.withParent(parent)
				.withUserConfiguration(OtherConfiguration.class)
				.run((child) -> {
					assertThat(metadata(child).services()).containsExactly("OtherService");
					assertThat(metadata(parent).services()).containsExactly("EchoService");
				}));
	}

	@Test
	void customizersAreAppliedInOrderAfterProperties() {
		// with properties applied last, the default service would be unknown
		this.contextRunner.withUserConfiguration(EchoConfiguration.class, CustomizerConfiguration.class)
			.withPropertyValues("thrift.server.default-service=Unknown")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(CustomizerConfiguration.class).calls).containsExactly("first", "second");
			});
	}

	@Test
	void weightIsAnnounced() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.weight=7")
			.run((context) -> assertThat(metadata(context).weight()).isEqualTo(7));
	}

	@Test
	void shutdownPropertiesReachTheLifecycle() {
		long before = System.nanoTime();
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.shutdown.registry-wait=1s")
			.run((context) -> assertThat(context.getBean(ThriftServerProperties.class).getShutdown().getGracePeriod())
				.isEqualTo(Duration.ofSeconds(30)));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void callsBeyondThePoolAreNotProcessed() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.executor.threads=1", "thrift.server.executor.queue-capacity=0")
			.run((context) -> {
				EchoHandler handler = context.getBean(EchoHandler.class);
				handler.closeGate();
				int port = metadata(context).port();
				try (EchoConnection busy = EchoConnection.open(port); EchoConnection late = EchoConnection.open(port)) {
					CompletableFuture<String> answer = CompletableFuture
						.supplyAsync(() -> misbehave(busy.echo(), "wait"));
					await().until(() -> handler.waiting() == 1);
					assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> late.echo().add(1, 2))
						.withMessage("not processed: overloaded");
					handler.openGate();
					assertThat(answer.get()).isEqualTo("waited");
					await().untilAsserted(() -> assertThat(late.echo().add(1, 2)).isEqualTo(3));
				}
			});
	}

	private static String misbehave(EchoService.Iface echo, String how) {
		try {
			return echo.misbehave(how);
		}
		catch (TException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void requestOverALimitIsRefused() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.max-string-length=10B")
			.run((context) -> {
				try (EchoConnection connection = EchoConnection.open(metadata(context).port())) {
					assertThatExceptionOfType(TApplicationException.class)
						.isThrownBy(() -> connection.echo().misbehave("more than ten"))
						.withMessageContaining("max-string-length 10 ");
					assertThat(connection.echo().add(1, 2)).isEqualTo(3);
				}
			});
	}

	@Test
	void executorOfTheUserReplacesThePool() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class, ExecutorConfiguration.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean("thriftServerExecutor")).isInstanceOf(DirectExecutor.class);
				try (EchoConnection connection = EchoConnection.open(metadata(context).port())) {
					assertThat(connection.echo().add(1, 2)).isEqualTo(3);
				}
				assertThat(context.getBean(DirectExecutor.class).threadName).startsWith("thrift-server-");
			});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void handlersRunOnVirtualThreadsIfApplicationDoes() {
		this.contextRunner.withUserConfiguration(ThreadConfiguration.class)
			.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> {
				assertThat(context.getBean("thriftServerExecutor")).isInstanceOf(SimpleAsyncTaskExecutor.class);
				assertThat(context.getBeanProvider(TaskExecutor.class).getIfUnique())
					.isSameAs(context.getBean(TaskExecutionAutoConfiguration.APPLICATION_TASK_EXECUTOR_BEAN_NAME));
				try (EchoConnection connection = EchoConnection.open(metadata(context).port())) {
					assertThat(connection.echo().misbehave("thread")).startsWith("VirtualThread[")
						.contains("thrift-handler-");
				}
			});
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void handlersRunOnPlatformThreadsWhereThereAreNoOthers() {
		this.contextRunner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("thriftServerExecutor"));
	}

	@Test
	void lazyInitializationDoesNotKeepServerFromStarting() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				try (EchoConnection connection = EchoConnection.open(metadata(context).port())) {
					assertThat(connection.echo().add(1, 2)).isEqualTo(3);
				}
			});
	}

	@ParameterizedTest
	@CsvSource({ "port, -1", "port, -2", "port, 65536", "unix-socket, run/s", "weight, -1", "max-frame-size, 0B",
			"max-frame-size, 257MB", "max-string-length, 0B", "max-string-length, 257MB", "max-container-length, 0",
			"max-recursion-depth, 0", "max-recursion-depth, 1001", "max-headers, 7", "max-headers, 10001",
			"max-header-size, 1023B", "max-header-size, 256KB", "max-decompressed-size, 0B",
			"max-decompressed-size, 257MB", "max-compression-ratio, 0", "max-compression-ratio, 10001",
			"event-loop-threads, -1", "executor.threads, 0", "executor.queue-capacity, -1",
			"executor.event-loop-warn-after, 0s", "shutdown.grace-period, -1s", "shutdown.registry-wait, -1s",
			"connections.max, 0", "connections.max-per-address, 0", "connections.first-byte-timeout, -1s",
			"connections.frame-timeout, -1s", "connections.idle-timeout, -1s", "connections.write-timeout, -1s",
			"calls.max, 0", "calls.max-per-connection, 0", "calls.adaptive.min, 0", "calls.adaptive.max, 19",
			"calls.max-memory, 0B" })
	void wrongValueFailsTheStartAndIsNamed(String name, String value) {
		this.contextRunner.withPropertyValues("thrift.server." + name + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("thrift.server." + name);
					assertThat(ex.getReason()).contains("expected");
				});
		});
	}

	@Test
	void serverNeedsAPortOrAUnixSocketThatFitsIntoAnAddress() {
		this.contextRunner.withPropertyValues("thrift.server.port=-1")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("'thrift.server.unix-socket'")
				.hasMessageContaining("'thrift.server.enabled=false'"));
		this.contextRunner.withPropertyValues("thrift.server.unix-socket=/" + "x".repeat(102))
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.hasMessageContaining("thrift.server.unix-socket")
				.hasMessageContaining("at most 102 bytes"));
		this.contextRunner.withPropertyValues("thrift.server.unix-socket=")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void adaptiveLimitBeginsWithinTheFixedOne() {
		this.contextRunner.withPropertyValues("thrift.server.calls.max=10", "thrift.server.calls.adaptive.enabled=true")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("thrift.server.calls.adaptive.min");
					assertThat(ex.getReason()).contains("'thrift.server.calls.max' (10)");
				}));
		this.contextRunner.withPropertyValues("thrift.server.calls.max=10")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void callsOverTheAdaptiveLimitAreNotProcessed() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.calls.adaptive.enabled=true", "thrift.server.calls.adaptive.min=1",
					"thrift.server.calls.adaptive.max=1")
			.run((context) -> {
				EchoHandler handler = context.getBean(EchoHandler.class);
				handler.closeGate();
				int port = metadata(context).port();
				try (EchoConnection busy = EchoConnection.open(port); EchoConnection late = EchoConnection.open(port)) {
					CompletableFuture<String> answer = CompletableFuture
						.supplyAsync(() -> misbehave(busy.echo(), "wait"));
					await().until(() -> handler.waiting() == 1);
					assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> late.echo().add(1, 2))
						.withMessage("not processed: overloaded");
					handler.openGate();
					assertThat(answer.get()).isEqualTo("waited");
					await().untilAsserted(() -> assertThat(late.echo().add(1, 2)).isEqualTo(3));
				}
			});
	}

	@Test
	void limitOfMethodHasToBeANumberOfCalls() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.service.echoservice.method.ADD.executes=0")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName())
							.isEqualToIgnoringCase("thrift.server.service.EchoService.method.add.executes")));
	}

	@Test
	void limitsOfMethodsReachTheBuilderInAnyCase() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.service.echoservice.method.WHOAMI.executes=3")
			.withBean(ThriftServerCustomizer.class,
					() -> (builder) -> assertThat(builder).extracting("executes")
						.isEqualTo(Map.of("EchoService:whoAmI", 3)))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void unknownDefaultServiceFailsTheStartAndIsNamed() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class, OtherConfiguration.class)
			.withPropertyValues("thrift.server.default-service=EkkoService")
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("thrift.server.default-service");
					assertThat(ex.getValue()).isEqualTo("EkkoService");
					assertThat(ex.getReason()).contains("EchoService", "OtherService");
				}));
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThreadConfiguration {

		@Bean
		@ThriftServer
		EchoHandler threadHandler() {
			return new EchoHandler() {

				@Override
				public String misbehave(String how) {
					return Thread.currentThread().toString();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherConfiguration {

		@Bean
		@ThriftServer
		OtherHandler otherHandler() {
			return new OtherHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LifecycleConfiguration {

		@Bean
		ThriftServerLifecycle userLifecycle(ConfigurableApplicationContext context) {
			return new ThriftServerLifecycle(context, () -> null, 1, Duration.ZERO, Duration.ZERO);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomizerConfiguration {

		private final List<String> calls = new ArrayList<>();

		@Bean
		@Order(2)
		ThriftServerCustomizer second() {
			return (builder) -> {
				this.calls.add("second");
				builder.defaultService("EchoService");
			};
		}

		@Bean
		@Order(1)
		ThriftServerCustomizer first() {
			return (builder) -> this.calls.add("first");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ExecutorConfiguration {

		@Bean
		DirectExecutor thriftServerExecutor() {
			return new DirectExecutor();
		}

	}

	static class DirectExecutor implements Executor {

		private volatile String threadName = "";

		@Override
		public void execute(Runnable task) {
			this.threadName = Thread.currentThread().getName();
			task.run();
		}

	}

}
