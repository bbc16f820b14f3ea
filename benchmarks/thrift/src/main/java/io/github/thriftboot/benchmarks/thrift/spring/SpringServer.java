package io.github.thriftboot.benchmarks.thrift.spring;

import java.util.concurrent.Executor;

import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.echo.AsyncEchoHandler;
import io.github.thriftboot.benchmarks.echo.EchoHandler;
import io.github.thriftboot.server.ThriftServer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that exports the service.
 */
final class SpringServer implements BenchmarkServer {

	private final ConfigurableApplicationContext context;

	SpringServer(HandlerLoad load) {
		Class<?> handlers = (load == HandlerLoad.WAIT) ? AsyncHandlerConfiguration.class : HandlerConfiguration.class;
		this.context = new SpringApplicationBuilder(ServerConfiguration.class, handlers).web(WebApplicationType.NONE)
			.run("--spring.main.banner-mode=off", "--thrift.server.address=127.0.0.1", "--thrift.server.port=0",
					"--thrift.client.enabled=false");
	}

	@Override
	public int port() {
		return this.context.getEnvironment().getRequiredProperty("local.thrift.server.port", Integer.class);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class ServerConfiguration {

		@Bean
		Executor eventLoop() {
			return Runnable::run;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HandlerConfiguration {

		@Bean
		@ThriftServer(executor = "eventLoop")
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncHandlerConfiguration {

		@Bean
		@ThriftServer(executor = "eventLoop")
		AsyncEchoHandler echoHandler() {
			return new AsyncEchoHandler();
		}

	}

}
