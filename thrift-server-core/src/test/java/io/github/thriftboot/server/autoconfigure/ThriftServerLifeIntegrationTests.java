package io.github.thriftboot.server.autoconfigure;

import java.io.File;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.ServerRegistration;
import io.github.thriftboot.server.ThriftExecutor;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.netty.util.internal.PlatformDependent;
import org.apache.thrift.TException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AdviceMode;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What a server leaves behind when its context ends, however it ends.
 */
class ThriftServerLifeIntegrationTests {

	private static final int CONTEXTS = 10;

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties("thrift.server.port=0", "thrift.server.address=127.0.0.1")
			.run(arguments);
	}

	private static int port(ConfigurableApplicationContext context) {
		return context.getEnvironment().getRequiredProperty("local.thrift.server.port", Integer.class);
	}

	private static List<String> threadsOfOurs() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("thrift-"))
			.toList();
	}

	/**
	 * Count what the process has open. Only where the system tells.
	 */
	private static int descriptors() {
		String[] open = new File("/proc/self/fd").list();
		return (open != null) ? open.length : 0;
	}

	private static WeakReference<ConfigurableApplicationContext> liveWithTraffic(int port) throws Exception {
		try (ConfigurableApplicationContext context = run(Traffic.class, "--thrift.server.port=" + port);
				EchoConnection connection = EchoConnection.open(port(context))) {
			for (String service : List.of("Pool", "EventLoop")) {
				EchoService.Client echo = connection.echo(service);
				for (int size = 1; size <= 1_000_000; size *= 1_000) {
					Packet packet = Packets.ofSize(size);
					assertThat(echo.echo(packet)).isEqualTo(packet);
				}
			}
			return new WeakReference<>(context);
		}
	}

	@Test
	void contextsThatComeAndGoWithTrafficLeaveNothing() throws Exception {
		// the first ones load classes, and fill pools that stay
		liveWithTraffic(0);
		liveWithTraffic(0);
		await().untilAsserted(() -> assertThat(threadsOfOurs()).isEmpty());
		int descriptors = descriptors();
		long directMemory = PlatformDependent.usedDirectMemory();
		List<WeakReference<ConfigurableApplicationContext>> contexts = new ArrayList<>();

		for (int i = 0; i < CONTEXTS; i++) {
			contexts.add(liveWithTraffic(0));
		}

		await().untilAsserted(() -> assertThat(threadsOfOurs()).isEmpty());
		await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(descriptors));
		// one chunk of each arena at the most: those of ended threads are used again
		assertThat(PlatformDependent.usedDirectMemory()).isLessThanOrEqualTo(directMemory + 16 * 1024 * 1024);
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			System.gc();
			assertThat(contexts).extracting(Reference::get).containsOnlyNulls();
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { FailsAfterBinding.class, FailsBeforeBinding.class, Duplicate.class, NoService.class })
	void startThatFailsLeavesNothingOpenAndRegistersNothing(Class<?> application) throws Exception {
		int port;
		try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			port = free.getLocalPort();
		}
		Registry.JOINED.set(0);

		assertThatException().isThrownBy(() -> run(application, "--thrift.server.port=" + port));

		assertThat(EchoConnection.isRefused(port)).isTrue();
		assertThat(Registry.JOINED).hasValue(0);
		await().untilAsserted(() -> assertThat(threadsOfOurs()).isEmpty());
	}

	@Test
	void portInUseLeavesNothingOpenAndRegistersNothing() throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Registry.JOINED.set(0);

			assertThatException().isThrownBy(() -> run(Registry.class, "--thrift.server.port=" + other.getLocalPort()));

			assertThat(Registry.JOINED).hasValue(0);
			await().untilAsserted(() -> assertThat(threadsOfOurs()).isEmpty());
		}
	}

	@Test
	void callsThatComeDuringTheRegistryWaitAreServedAndNoneIsLost() throws Exception {
		ConfigurableApplicationContext context = run(Registry.class, "--thrift.server.shutdown.registry-wait=1s",
				"--spring.lifecycle.timeout-per-shutdown-phase=1ms");
		int port = port(context);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(context::close);
		int served = 0;
		long lastServed = System.nanoTime();
		long before = lastServed;

		while (!closed.isDone()) {
			try (EchoConnection connection = EchoConnection.open(port)) {
				assertThat(connection.echo().add(served, 1)).isEqualTo(served + 1);
				served++;
				lastServed = System.nanoTime();
			}
			catch (TException ex) {
				// refused, or closed before it was read: this connection has asked
				// nothing
				assertThat(System.nanoTime() - before).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
				break;
			}
		}

		closed.get(10, TimeUnit.SECONDS);
		assertThat(served).isPositive();
		assertThat(Duration.ofNanos(lastServed - before)).isGreaterThan(Duration.ofMillis(500));
	}

	@Test
	void instanceTakenOutKeepsTheApplicationAndComesBack() throws Exception {
		try (ConfigurableApplicationContext context = run(Registry.class)) {
			ThriftServerLifecycle lifecycle = context.getBean(ThriftServerLifecycle.class);
			int port = port(context);

			lifecycle.takeOut();

			assertThat(context.isActive()).isTrue();
			assertThat(EchoConnection.isRefused(port)).isTrue();
			assertThat(context.getEnvironment().containsProperty("local.thrift.server.port")).isFalse();
			lifecycle.putBack();
			try (EchoConnection connection = EchoConnection.open(port(context))) {
				assertThat(connection.echo().add(1, 2)).isEqualTo(3);
			}
			lifecycle.takeOut();
		}
		await().untilAsserted(() -> assertThat(threadsOfOurs()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(classes = { CachedByClass.class, CachedByInterface.class })
	void adviceOfTheApplicationStandsAroundTheHandler(Class<?> application) throws Exception {
		boolean proxyTargetClass = application == CachedByClass.class;
		try (ConfigurableApplicationContext context = run(application,
				"--spring.aop.proxy-target-class=" + proxyTargetClass);
				EchoConnection connection = EchoConnection.open(port(context))) {
			Object handler = context.getBean("cachedHandler");
			assertThat(proxyTargetClass ? AopUtils.isCglibProxy(handler) : AopUtils.isJdkDynamicProxy(handler))
				.isTrue();
			assertThat(connection.echo().misbehave("one")).isEqualTo("call 1");
			assertThat(connection.echo().misbehave("two")).isEqualTo("call 2");
			assertThat(connection.echo().misbehave("one")).isEqualTo("call 1");
			// of the base service, and declared there
			assertThat(connection.echo().whoAmI()).startsWith("thrift-server-");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Traffic {

		@Bean
		@ThriftServer(name = "Pool")
		EchoHandler pool() {
			return new EchoHandler();
		}

		@Bean
		@ThriftServer(name = "EventLoop", executor = ThriftExecutor.EVENT_LOOP)
		EchoHandler eventLoop() {
			return new EchoHandler();
		}

	}

	/**
	 * Registers in phase 0, as Eureka does.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Registry {

		private static final AtomicInteger JOINED = new AtomicInteger();

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

		@Bean
		Phase registry() {
			return new Phase(0, JOINED::incrementAndGet);
		}

		@Bean
		ServerRegistration registration() {
			return new ServerRegistration() {

				@Override
				public void leave() {
					JOINED.decrementAndGet();
				}

				@Override
				public void join() {
					JOINED.incrementAndGet();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsAfterBinding extends Registry {

		@Bean
		Phase failing() {
			return new Phase(-1, () -> {
				throw new IllegalStateException("after the server was bound");
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailsBeforeBinding extends Registry {

		@Bean
		Phase failing() {
			throw new IllegalStateException("a bean that cannot be made");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Duplicate extends Registry {

		@Bean
		@ThriftServer
		EchoHandler sameService() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NoService extends Registry {

		@Bean
		@ThriftServer
		String noService() {
			return "no service";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching(mode = AdviceMode.PROXY, proxyTargetClass = true)
	static class CachedByClass {

		@Bean
		@ThriftServer
		CachedHandler cachedHandler() {
			return new CachedHandler();
		}

		@Bean
		CacheManager cacheManager() {
			return new ConcurrentMapCacheManager("answers");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching(mode = AdviceMode.PROXY)
	static class CachedByInterface {

		@Bean
		@ThriftServer
		EchoService.Iface cachedHandler() {
			return new CachedHandler();
		}

		@Bean
		CacheManager cacheManager() {
			return new ConcurrentMapCacheManager("answers");
		}

	}

	static class CachedHandler extends EchoHandler {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		@Cacheable("answers")
		public String misbehave(String how) {
			return "call " + this.calls.incrementAndGet();
		}

		@Override
		@ThriftExecutor(ThriftExecutor.EVENT_LOOP)
		public String whoAmI() {
			return Thread.currentThread().getName();
		}

	}

	/**
	 * Does something when the context starts.
	 */
	static class Phase implements SmartLifecycle {

		private final int phase;

		private final Runnable action;

		private volatile boolean running;

		Phase(int phase, Runnable action) {
			this.phase = phase;
			this.action = action;
		}

		@Override
		public void start() {
			this.action.run();
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

}
