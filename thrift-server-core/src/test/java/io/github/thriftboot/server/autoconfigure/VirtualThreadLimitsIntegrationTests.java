package io.github.thriftboot.server.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LimitedCalls;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.protocol.TMessageType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * With virtual threads there is no pool and no queue that would bound anything, so the
 * limits of calls have to.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadLimitsIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ThriftServerAutoConfiguration.class, TaskExecutionAutoConfiguration.class))
		.withPropertyValues("thrift.server.port=0", "spring.threads.virtual.enabled=true");

	@Test
	void connectionHasNoMoreCallsThanItMay() {
		this.contextRunner.withUserConfiguration(GateConfiguration.class)
			.withPropertyValues("thrift.server.calls.max-per-connection=300")
			.run((context) -> {
				EchoHandler handler = context.getBean(EchoHandler.class);
				handler.closeGate();
				try (RawConnection greedy = open(context); RawConnection other = open(context)) {
					LimitedCalls.sendWaiting(greedy, 1_000);
					for (int i = 0; i < 700; i++) {
						LimitedCalls.assertRejected(greedy.receive(), "not processed: limit");
					}
					// more than the pool has threads
					await().atMost(LONG).until(() -> handler.waiting() == 300);
					LimitedCalls.assertServed(other);
					handler.openGate();
					for (int i = 0; i < 300; i++) {
						assertThat(greedy.receive().type()).isEqualTo(TMessageType.REPLY);
					}
					LimitedCalls.assertServed(greedy);
				}
			});
	}

	@Test
	void methodHasNoMoreCallsThanItMay() {
		this.contextRunner.withUserConfiguration(GateConfiguration.class)
			.withPropertyValues("thrift.server.service.EchoService.method.misbehave.executes=3")
			.run((context) -> {
				EchoHandler handler = context.getBean(EchoHandler.class);
				handler.closeGate();
				try (RawConnection first = open(context); RawConnection second = open(context)) {
					LimitedCalls.sendWaiting(first, 3);
					await().atMost(LONG).until(() -> handler.waiting() == 3);
					LimitedCalls.sendWaiting(second, 5);
					for (int i = 0; i < 5; i++) {
						LimitedCalls.assertRejected(second.receive(), "not processed: limit");
					}
					LimitedCalls.assertServed(second);
					handler.openGate();
					for (int i = 0; i < 3; i++) {
						assertThat(first.receive().type()).isEqualTo(TMessageType.REPLY);
					}
				}
			});
	}

	@Test
	void adaptiveLimitKeepsCallsFromWaitingForWhatHandlersShare() {
		this.contextRunner.withUserConfiguration(ScarceConfiguration.class)
			.withPropertyValues("thrift.server.calls.adaptive.enabled=true",
					"thrift.server.calls.adaptive.min=" + ScarceHandler.PERMITS)
			.run((context) -> {
				ScarceHandler handler = context.getBean(ScarceHandler.class);
				try (RawConnection connection = open(context)) {
					// what is usual
					load(connection, ScarceHandler.PERMITS * 25, 1);
					Load over = load(connection, ScarceHandler.PERMITS * 500, 2);
					int most = handler.most.get();
					System.out.printf(
							"Virtual threads that share %d permits, asked for 10 times as much as they can do:"
									+ " %d calls answered, %d rejected, at most %d in the handler%n",
							ScarceHandler.PERMITS, over.answered, over.rejected, most);
					assertThat(handler.thread).startsWith("VirtualThread[");
					assertThat(over.rejected).isGreaterThan(2 * over.answered);
					assertThat(over.answered).as("while one could do %d", handler.perSecond()).isGreaterThan(100);
					// without a limit there would be some thousand
					assertThat(most).isLessThan(ScarceHandler.PERMITS * 20);
					load(connection, ScarceHandler.PERMITS * 25, 1);
					Load after = load(connection, ScarceHandler.PERMITS * 25, 1);
					assertThat(after.answered).as("normal again").isGreaterThan(4 * after.rejected);
				}
			});
	}

	/**
	 * Call as often as planned, however the server keeps up.
	 */
	private static Load load(RawConnection connection, int perSecond, int seconds) throws Exception {
		int count = perSecond * seconds;
		CompletableFuture<Load> replies = CompletableFuture.supplyAsync(() -> receive(connection, count));
		long begin = System.nanoTime();
		for (int i = 0; i < count; i++) {
			long due = begin + TimeUnit.SECONDS.toNanos(i) / perSecond;
			for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
				LockSupport.parkNanos(left);
			}
			connection.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "decline", i, new EchoService.decline_args(0)));
		}
		return replies.get(LONG.toSeconds(), TimeUnit.SECONDS);
	}

	private static Load receive(RawConnection connection, int count) {
		try {
			int answered = 0;
			for (int i = 0; i < count; i++) {
				RawMessage reply = connection.receive();
				if (reply.type() == TMessageType.REPLY) {
					answered++;
				}
				else {
					LimitedCalls.assertRejected(reply, "not processed: overloaded");
				}
			}
			return new Load(answered, count - answered);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RawConnection open(ApplicationContext context) throws Exception {
		return RawConnection
			.open(context.getEnvironment().getRequiredProperty("local.thrift.server.port", Integer.class));
	}

	private record Load(int answered, int rejected) {
	}

	/**
	 * Calls hold what there are only a few of, as a pool of database connections has.
	 */
	private static final class ScarceHandler extends EchoHandler {

		private static final int PERMITS = 4;

		private static final int MILLIS = 20;

		private final Semaphore permits = new Semaphore(PERMITS);

		private final AtomicInteger inside = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private volatile String thread = "";

		@Override
		public String decline(int code) {
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
			this.permits.acquireUninterruptibly();
			try {
				this.thread = Thread.currentThread().toString();
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(MILLIS));
				return "accepted";
			}
			finally {
				this.permits.release();
				this.inside.decrementAndGet();
			}
		}

		int perSecond() {
			return PERMITS * 1_000 / MILLIS;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class GateConfiguration {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScarceConfiguration {

		@Bean
		@ThriftServer
		ScarceHandler scarceHandler() {
			return new ScarceHandler();
		}

	}

}
