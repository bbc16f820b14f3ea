package io.github.thriftboot.client.eureka;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

import io.github.thriftboot.netty.test.RecordingHandler;
import io.github.thriftboot.netty.test.ServerProcess;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * A provider as users write it, for a {@link ServerProcess} of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ProviderApplication {

	/**
	 * Run the application until it is told to end.
	 * @param args the file for the nonces, then arguments of Spring Boot
	 * @throws IOException if the parent cannot be watched
	 */
	public static void main(String[] args) throws IOException {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(ProviderApplication.class)
			.web(WebApplicationType.NONE)
			.properties("nonces=" + args[0])
			.run(Arrays.copyOfRange(args, 1, args.length));
		ServerProcess.tellReady(context.getEnvironment().getRequiredProperty("local.thrift.server.port", int.class));
		ServerProcess.endWithParent();
	}

	@Bean
	@ThriftServer
	RecordingHandler handler(Environment environment) throws IOException {
		return new RecordingHandler(Path.of(environment.getRequiredProperty("nonces")));
	}

	@Bean
	EndObserver endObserver() {
		return new EndObserver();
	}

	/**
	 * Is stopped when the Thrift server has been.
	 */
	static final class EndObserver implements SmartLifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			ServerProcess.tellClosed();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return ThriftServerLifecycle.PHASE - 1;
		}

	}

}
