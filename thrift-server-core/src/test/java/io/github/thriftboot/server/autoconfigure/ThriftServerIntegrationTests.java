package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.LocalThriftServerPort;
import io.github.thriftboot.server.OtherHandler;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Integration tests of applications that export Thrift services, called by plain Apache
 * clients.
 */
@ExtendWith(OutputCaptureExtension.class)
class ThriftServerIntegrationTests {

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("thrift.server.port=0", "thrift.server.address=127.0.0.1")
			.run(arguments);
	}

	private static int port(ConfigurableApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.thrift.server.port", Integer.class);
	}

	private static boolean anyThreadOfOurs() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.anyMatch((thread) -> thread.getName().startsWith("thrift-"));
	}

	@Test
	void servicesShareOnePortMultiplexedAndNot(CapturedOutput output) throws Exception {
		try (ConfigurableApplicationContext context = run(TwoServices.class);
				EchoConnection connection = EchoConnection.open(port(context))) {
			Packet packet = Packets.ofSize(1000);
			assertThat(connection.echo().echo(packet)).isEqualTo(packet);
			assertThat(connection.echo("EchoService").echo(packet)).isEqualTo(packet);
			assertThat(connection.echo("EchoService").whoAmI()).isEqualTo("echo");
			assertThat(connection.other("OtherService").whoAmI()).isEqualTo("other");
			assertThat(connection.other("OtherService").upper("thrift")).isEqualTo("THRIFT");
			assertThatExceptionOfType(Declined.class).isThrownBy(() -> connection.echo().decline(3))
				.matches((ex) -> ex.getCode() == 3);
			assertThatExceptionOfType(TApplicationException.class)
				.isThrownBy(() -> connection.echo("NoService").add(1, 2))
				.matches((ex) -> ex.getType() == TApplicationException.UNKNOWN_METHOD);
			assertThat(output)
				.contains("Thrift server started on port " + port(context) + ", exporting EchoService, OtherService");
		}
		assertThat(output).containsPattern("Thrift server on port \\d+ stopped");
	}

	@Test
	void defaultServiceAnswersCallsWithoutService() throws Exception {
		try (ConfigurableApplicationContext context = run(TwoServices.class,
				"--thrift.server.default-service=OtherService");
				EchoConnection connection = EchoConnection.open(port(context))) {
			assertThat(connection.echo().whoAmI()).isEqualTo("other");
		}
	}

	@Test
	void applicationWithoutServicesBindsNothing() {
		try (ConfigurableApplicationContext context = run(Nothing.class)) {
			assertThat(context.getEnvironment().containsProperty("local.thrift.server.port")).isFalse();
			assertThat(anyThreadOfOurs()).isFalse();
		}
	}

	@Test
	void boundServerKeepsTheProcessAlive() {
		try (ConfigurableApplicationContext context = run(TwoServices.class)) {
			assertThat(context.isActive()).isTrue();
			assertThat(Thread.getAllStackTraces().keySet())
				.anyMatch((thread) -> thread.getName().startsWith("thrift-server") && !thread.isDaemon());
		}
	}

	@Test
	void lazyApplicationStartsItsServer() throws Exception {
		try (ConfigurableApplicationContext context = run(AnnotatedClass.class,
				"--spring.main.lazy-initialization=true");
				EchoConnection connection = EchoConnection.open(port(context))) {
			assertThat(connection.echo().add(1, 2)).isEqualTo(3);
		}
	}

	@Test
	void portIsInjected() {
		try (ConfigurableApplicationContext context = run(PortInjection.class)) {
			assertThat(context.getBean(AtomicInteger.class)).hasValue(port(context));
		}
	}

	@Test
	void portInUseIsExplained(CapturedOutput output) throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			assertThatException()
				.isThrownBy(() -> run(TwoServices.class, "--thrift.server.port=" + other.getLocalPort()));
			assertThat(output).contains("APPLICATION FAILED TO START", "port " + other.getLocalPort(),
					"'thrift.server.port'", "already in use");
		}
		await().until(() -> !anyThreadOfOurs());
	}

	@Test
	void wrongValueIsExplained(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(TwoServices.class, "--thrift.server.weight=-3"));
		assertThat(output).contains("APPLICATION FAILED TO START", "Invalid value '-3'", "thrift.server.weight",
				"at least 0");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callsGoThroughProxyOfHandler(boolean proxyTargetClass) throws Exception {
		try (ConfigurableApplicationContext context = run(Proxied.class, "--proxy-target-class=" + proxyTargetClass);
				EchoConnection connection = EchoConnection.open(port(context))) {
			assertThat(connection.echo().add(1, 2)).isEqualTo(3);
			assertThat(context.getBean(AtomicInteger.class)).hasValue(1);
		}
	}

	@Test
	void handlerRunsOnItsOwnExecutor() throws Exception {
		try (ConfigurableApplicationContext context = run(OwnExecutor.class);
				EchoConnection connection = EchoConnection.open(port(context))) {
			assertThat(connection.echo("OnPool").misbehave("thread")).startsWith("own-");
			assertThat(connection.echo("OnServer").misbehave("thread")).startsWith("thrift-handler-");
		}
	}

	@Test
	void connectionFromBeforeTheRefreshWaitsAndIsThenAnswered() throws Exception {
		try (ConfigurableApplicationContext context = run(EarlyCaller.class)) {
			try (EarlyCall call = context.getBean(EarlyCall.class)) {
				assertThat(call.outcomeBeforeRefresh).isEqualTo("timeout");
				assertThat(call.client.recv_add()).isEqualTo(3);
			}
		}
	}

	@Test
	void openedAndClosedTenTimesLeavesNoThread() throws Exception {
		for (int i = 0; i < 10; i++) {
			try (ConfigurableApplicationContext context = run(TwoServices.class);
					EchoConnection connection = EchoConnection.open(port(context))) {
				assertThat(connection.echo().add(i, 1)).isEqualTo(i + 1);
			}
		}
		await().until(() -> !anyThreadOfOurs());
	}

	@Test
	void callInFlightFinishesAtClose() throws Exception {
		ConfigurableApplicationContext context = run(Gated.class, "--spring.lifecycle.timeout-per-shutdown-phase=1ms");
		int port = port(context);
		EchoHandler handler = context.getBean(EchoHandler.class);
		ClosedLast closedLast = context.getBean(ClosedLast.class);
		try (EchoConnection connection = EchoConnection.open(port)) {
			handler.closeGate();
			EchoService.Client client = connection.echo();
			client.send_misbehave("wait");
			await().until(() -> handler.waiting() == 1);
			CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
			await().until(() -> EchoConnection.isRefused(port));
			assertThat(closed).isNotDone();
			assertThat(closedLast.closed).isFalse();
			handler.openGate();
			assertThat(client.recv_misbehave()).isEqualTo("waited");
			closed.get(10, TimeUnit.SECONDS);
			assertThat(closedLast.closed).isTrue();
		}
		finally {
			handler.openGate();
			context.close();
		}
	}

	@Test
	void callLongerThanTheGracePeriodIsCutOff() throws Exception {
		ConfigurableApplicationContext context = run(Gated.class, "--thrift.server.shutdown.grace-period=100ms");
		EchoHandler handler = context.getBean(EchoHandler.class);
		try (EchoConnection connection = EchoConnection.open(port(context))) {
			handler.closeGate();
			EchoService.Client client = connection.echo();
			client.send_misbehave("wait");
			await().until(() -> handler.waiting() == 1);
			context.close();
			assertThatExceptionOfType(TTransportException.class).isThrownBy(client::recv_misbehave);
			// interrupted, although nobody opened the gate
			await().until(() -> handler.waiting() == 0);
		}
		await().until(() -> !anyThreadOfOurs());
	}

	@Test
	void restartedContextServesAgain() throws Exception {
		try (ConfigurableApplicationContext context = run(TwoServices.class)) {
			context.stop();
			assertThat(context.getBean(ThriftServerLifecycle.class).isRunning()).isFalse();
			context.start();
			try (EchoConnection connection = EchoConnection.open(port(context))) {
				assertThat(connection.echo().add(1, 2)).isEqualTo(3);
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TwoServices {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

		@Bean
		@ThriftServer
		OtherHandler otherHandler() {
			return new OtherHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(AnnotatedHandler.class)
	static class AnnotatedClass {

	}

	@ThriftServer
	static class AnnotatedHandler extends EchoHandler {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class PortInjection {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

		@Bean
		@Lazy
		AtomicInteger injectedPort(@LocalThriftServerPort int port) {
			return new AtomicInteger(port);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Proxied {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

		@Bean
		AtomicInteger interceptedCalls() {
			return new AtomicInteger();
		}

		@Bean
		MethodInterceptor countingInterceptor(AtomicInteger calls) {
			return (invocation) -> {
				if (invocation.getMethod().getName().equals("add")) {
					calls.incrementAndGet();
				}
				return invocation.proceed();
			};
		}

		@Bean
		static BeanNameAutoProxyCreator autoProxyCreator(Environment environment) {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("echoHandler");
			creator.setInterceptorNames("countingInterceptor");
			creator.setProxyTargetClass(environment.getRequiredProperty("proxy-target-class", Boolean.class));
			return creator;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class OwnExecutor {

		@Bean
		ThreadPoolTaskExecutor ownPool() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setThreadNamePrefix("own-");
			return executor;
		}

		@Bean
		Executor application() {
			return Runnable::run;
		}

		@Bean
		@ThriftServer(name = "OnPool", executor = "ownPool")
		ThreadNameHandler onPool() {
			return new ThreadNameHandler();
		}

		@Bean
		@ThriftServer(name = "OnServer")
		ThreadNameHandler onServer() {
			return new ThreadNameHandler();
		}

	}

	static class ThreadNameHandler extends EchoHandler {

		@Override
		public String misbehave(String how) {
			return Thread.currentThread().getName();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class EarlyCaller {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

		@Bean
		EarlyCall earlyCall(Environment environment) {
			return new EarlyCall(environment);
		}

	}

	/**
	 * Calls the server after it was bound, and before the context is refreshed.
	 */
	static class EarlyCall implements SmartLifecycle, AutoCloseable {

		private final Environment environment;

		private volatile EchoConnection connection;

		private volatile EchoService.Client client;

		private volatile String outcomeBeforeRefresh;

		EarlyCall(Environment environment) {
			this.environment = environment;
		}

		@Override
		public void start() {
			try {
				int port = this.environment.getRequiredProperty("local.thrift.server.port", Integer.class);
				this.connection = EchoConnection.open(port);
				this.client = this.connection.echo();
				this.client.send_add(1, 2);
				this.connection.timeout(300);
				this.outcomeBeforeRefresh = String.valueOf(this.client.recv_add());
			}
			catch (TTransportException ex) {
				this.outcomeBeforeRefresh = (ex.getType() == TTransportException.TIMED_OUT) ? "timeout" : "failure";
				this.connection.timeout(10_000);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

		@Override
		public void close() {
			this.connection.close();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Gated {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

		@Bean
		ClosedLast closedLast() {
			return new ClosedLast();
		}

	}

	/**
	 * What a handler uses, destroyed when lifecycle beans have stopped.
	 */
	static class ClosedLast implements DisposableBean {

		private volatile boolean closed;

		@Override
		public void destroy() {
			this.closed = true;
		}

	}

}
