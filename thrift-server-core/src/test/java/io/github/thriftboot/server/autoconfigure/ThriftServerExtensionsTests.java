package io.github.thriftboot.server.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.netty.server.ThriftExceptionMapper;
import io.github.thriftboot.netty.server.ThriftServerInterceptor;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.ThriftExecutor;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.micrometer.context.ContextSnapshotFactory;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Beans and properties that stand around calls: interceptors, mappers, the access log and
 * executors.
 */
class ThriftServerExtensionsTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftServerAutoConfiguration.class))
		.withPropertyValues("thrift.server.port=0", "thrift.server.address=127.0.0.1");

	private static EchoConnection open(AssertableApplicationContext context) throws Exception {
		assertThat(context).hasNotFailed();
		return EchoConnection.open(context.getBean(ThriftServerLifecycle.class).metadata().port());
	}

	@Test
	void interceptorBeansStandAroundCallsInTheirOrder() {
		this.contextRunner.withUserConfiguration(Handlers.class, Interceptors.class).run((context) -> {
			try (EchoConnection connection = open(context)) {
				assertThat(connection.echo("Sync").add(1, 2)).isEqualTo(3);
				assertThat(connection.echo("Async").add(1, 2)).isEqualTo(3);
				assertThat(context.getBean(Interceptors.class).calls).containsExactly("outer Sync.add [1, 2]",
						"inner Sync.add [1, 2]", "outer Async.add [1, 2]", "inner Async.add [1, 2]");
			}
		});
	}

	@Test
	void mapperBeansAreAskedInTheirOrder() {
		this.contextRunner.withUserConfiguration(Handlers.class, Mappers.class).run((context) -> {
			try (EchoConnection connection = open(context)) {
				for (String service : List.of("Sync", "Async")) {
					assertThatExceptionOfType(TApplicationException.class)
						.isThrownBy(() -> connection.echo(service).misbehave("runtime"))
						.withMessage("first: IllegalStateException");
					assertThatExceptionOfType(TApplicationException.class)
						.isThrownBy(() -> connection.echo(service).misbehave("transport"))
						.withMessage("second: TTransportException");
					assertThatExceptionOfType(Declined.class).isThrownBy(() -> connection.echo(service).decline(7));
				}
			}
		});
	}

	@Test
	void accessLogIsOffUnlessItIsSwitchedOn() {
		try (LogCapture log = new LogCapture("io.github.thriftboot.access")) {
			this.contextRunner.withUserConfiguration(Handlers.class).run((context) -> {
				try (EchoConnection connection = open(context)) {
					connection.echo("Sync").add(1, 2);
				}
			});
			assertThat(log.lines()).isEmpty();
			this.contextRunner.withUserConfiguration(Handlers.class)
				.withPropertyValues("thrift.server.access-log.enabled=true")
				.run((context) -> {
					try (EchoConnection connection = open(context)) {
						connection.echo("Sync").add(1, 2);
					}
				});
			assertThat(log.lines()).singleElement()
				.asString()
				.matches("INFO 127\\.0\\.0\\.1:\\d+ Sync\\.add OK \\d+\\.\\d{3} ms 15/8 B");
		}
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			Threads,  misbehave, on-method-,      service.Unused.executor=missing
			Threads,  whoAmI,    thrift-handler-, service.Unused.executor=missing
			AsyncThreads, misbehave, thrift-server-, service.Unused.executor=missing
			Threads,  misbehave, on-property-,    service.threads.method.MISBEHAVE.executor=onProperty
			Threads,  misbehave, thrift-server-,  service.Threads.method.misbehave.executor=event-loop
			Threads,  whoAmI,    on-property-,    service.Threads.executor=onProperty
			Threads,  misbehave, on-property-,    service.Threads.executor=onProperty
			AsyncThreads, whoAmI, on-property-,   service.AsyncThreads.method.whoAmI.executor=onProperty
			""")
	void methodRunsWhereItIsTold(String service, String method, String thread, String property) {
		this.contextRunner.withUserConfiguration(Threads.class)
			.withPropertyValues("thrift.server." + property)
			.run((context) -> {
				try (EchoConnection connection = open(context)) {
					EchoService.Iface echo = connection.echo(service);
					assertThat(method.equals("whoAmI") ? echo.whoAmI() : echo.misbehave("")).startsWith(thread);
				}
			});
	}

	@ParameterizedTest
	@CsvSource({ "service.Threads.executor, missing, onMethod",
			"service.Threads.method.add.executor, missing, onMethod",
			"service.Threads.method.ad.executor, event-loop, misbehave" })
	void executorThatIsNotThereFailsTheStartAndIsNamed(String property, String value, String expected) {
		this.contextRunner.withUserConfiguration(Threads.class)
			.withPropertyValues("thrift.server." + property + "=" + value)
			.run((context) -> assertThat(context.getStartupFailure()).rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat("thrift.server." + property).startsWith(ex.getName());
					assertThat(ex.getReason()).contains(expected);
				}));
	}

	@Test
	void annotatedExecutorThatIsNotThereIsExplained() {
		this.contextRunner.withUserConfiguration(WrongAnnotation.class)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining(
						"The method 'add' of bean 'wrong' is annotated with @ThriftExecutor(\"missing\")")
				.hasStackTraceContaining("'event-loop'"));
	}

	@Test
	void propertiesOfAServiceThatIsNotExportedAreLogged() {
		try (LogCapture log = new LogCapture(HandlerExecutors.class)) {
			this.contextRunner.withUserConfiguration(Handlers.class)
				.withPropertyValues("thrift.server.service.Sink.executor=missing",
						"thrift.server.service.sync.executor=event-loop")
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(log.lines()).singleElement().asString().contains("thrift.server.service.Sink", "[Sync, Async]");
		}
	}

	@Test
	void methodThatBlocksItsEventLoopIsLogged() {
		try (LogCapture log = new LogCapture("io.github.thriftboot.netty.server.EventLoopExecutor")) {
			this.contextRunner.withUserConfiguration(Threads.class)
				.withPropertyValues("thrift.server.executor.event-loop-warn-after=1ns")
				.run((context) -> {
					try (EchoConnection connection = open(context)) {
						connection.echo("AsyncThreads").misbehave("");
						connection.echo("AsyncThreads").misbehave("");
					}
				});
			assertThat(log.lines()).singleElement().asString().contains("AsyncThreads:misbehave");
		}
	}

	@Test
	void contextOfACallIsCarriedToOtherThreadsAndTakenBackThere() {
		this.contextRunner.withUserConfiguration(Hopping.class).run((context) -> {
			try (EchoConnection connection = open(context)) {
				assertThat(connection.echo().misbehave("hop")).isEqualTo("misbehave for alice, then null");
			}
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		@ThriftServer(name = "Sync")
		EchoHandler syncHandler() {
			return new EchoHandler();
		}

		@Bean
		@ThriftServer(name = "Async")
		AsyncHandler asyncHandler() {
			return new AsyncHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Interceptors {

		private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

		@Bean
		@Order(2)
		ThriftServerInterceptor inner() {
			return noting("inner");
		}

		@Bean
		@Order(1)
		ThriftServerInterceptor outer() {
			return noting("outer");
		}

		private ThriftServerInterceptor noting(String name) {
			return (call, next) -> {
				this.calls.add(
						name + " " + call.context().service() + "." + call.context().method() + " " + call.arguments());
				return next.proceed(call);
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Mappers {

		@Bean
		@Order(2)
		ThriftExceptionMapper second() {
			return (failure, call) -> new TApplicationException(TApplicationException.INTERNAL_ERROR,
					"second: " + failure.getClass().getSimpleName());
		}

		@Bean
		@Order(1)
		ThriftExceptionMapper first() {
			return (failure, call) -> (failure instanceof IllegalStateException) ? new TApplicationException(
					TApplicationException.INTERNAL_ERROR, "first: " + failure.getClass().getSimpleName()) : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Threads {

		@Bean
		SimpleAsyncTaskExecutor onMethod() {
			return new SimpleAsyncTaskExecutor("on-method-");
		}

		@Bean
		SimpleAsyncTaskExecutor onProperty() {
			return new SimpleAsyncTaskExecutor("on-property-");
		}

		@Bean
		@ThriftServer(name = "Threads")
		EchoHandler threads() {
			return new ThreadHandler();
		}

		@Bean
		@ThriftServer(name = "AsyncThreads", executor = "onMethod")
		AsyncHandler asyncThreads() {
			return new AsyncHandler();
		}

	}

	static class ThreadHandler extends EchoHandler {

		@Override
		public String whoAmI() {
			return Thread.currentThread().getName();
		}

		@Override
		@ThriftExecutor("onMethod")
		public String misbehave(String how) {
			return Thread.currentThread().getName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrongAnnotation {

		@Bean
		@ThriftServer
		EchoHandler wrong() {
			return new EchoHandler() {

				@Override
				@ThriftExecutor("missing")
				public int add(int left, int right) {
					return 0;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hopping {

		@Bean
		ThriftServerInterceptor user() {
			return (call, next) -> {
				call.context().attribute("user", "alice");
				return next.proceed(call);
			};
		}

		@Bean
		@ThriftServer
		EchoHandler hoppingHandler() {
			return new EchoHandler() {

				@Override
				public String misbehave(String how) {
					Executor otherThread = (task) -> {
						Thread thread = new Thread(task);
						thread.start();
						try {
							thread.join();
						}
						catch (InterruptedException ex) {
							throw new IllegalStateException(ex);
						}
					};
					StringBuilder seen = new StringBuilder();
					Runnable carried = ContextSnapshotFactory.builder().build().captureAll().wrap(() -> {
						ThriftContext context = ThriftContext.current();
						seen.append(context.method()).append(" for ").append(context.attribute("user"));
					});
					otherThread.execute(() -> {
						carried.run();
						seen.append(", then ").append(ThriftContext.current());
					});
					return seen.toString();
				}

			};
		}

	}

	/**
	 * Answers at once, through the callback.
	 */
	static class AsyncHandler extends EchoService.AsyncClient {

		private final EchoHandler handler = new EchoHandler();

		AsyncHandler() {
			super(null, null, null);
		}

		@Override
		public void whoAmI(AsyncMethodCallback<String> callback) {
			callback.onComplete(Thread.currentThread().getName());
		}

		@Override
		public void add(int left, int right, AsyncMethodCallback<Integer> callback) {
			callback.onComplete(left + right);
		}

		@Override
		public void decline(int code, AsyncMethodCallback<String> callback) {
			callback.onError(new Declined(code, "declined"));
		}

		@Override
		@ThriftExecutor(ThriftExecutor.EVENT_LOOP)
		public void misbehave(String how, AsyncMethodCallback<String> callback) {
			try {
				if (!how.isEmpty()) {
					this.handler.misbehave(how);
				}
				callback.onComplete(Thread.currentThread().getName());
			}
			catch (Exception ex) {
				callback.onError(ex);
			}
		}

	}

}
