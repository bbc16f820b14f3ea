package io.github.thriftboot.benchmarks.thrift.spring;

import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.benchmarks.BenchmarkCaller;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.github.thriftboot.client.ImportThriftClients;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * An application that calls the service; as it has one connection, several connections
 * take several of it.
 */
final class SpringClient implements BenchmarkClient {

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private int given;

	SpringClient(int port, int connections) {
		for (int i = 0; i < connections; i++) {
			this.contexts.add(new SpringApplicationBuilder(ClientConfiguration.class).web(WebApplicationType.NONE)
				.run("--spring.main.banner-mode=off", "--thrift.server.enabled=false",
						"--thrift.client.event-loop-threads=1", "--thrift.client.timeout=10s",
						"--thrift.client.service.echo.addresses=127.0.0.1:" + port,
						"--thrift.client.service.async-echo.addresses=127.0.0.1:" + port));
		}
	}

	@Override
	public BenchmarkCaller caller(Payload payload) {
		ConfigurableApplicationContext context = this.contexts.get(this.given++ % this.contexts.size());
		return new SpringCaller(context.getBean(EchoClient.class), context.getBean(AsyncEchoClient.class),
				new EchoRequest(payload));
	}

	@Override
	public void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@ImportThriftClients({ EchoClient.class, AsyncEchoClient.class })
	static class ClientConfiguration {

	}

}
