package io.github.thriftboot.benchmarks.thrift.spring;

import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Versions;
import io.netty.channel.Channel;

import org.springframework.boot.SpringBootVersion;

/**
 * An application with a {@code @ThriftServer} and one with {@code @ThriftClient}
 * interfaces: proxies and circuit breakers included.
 */
public final class SpringSystem implements BenchmarkSystem {

	@Override
	public String name() {
		return "thriftboot-spring";
	}

	@Override
	public String description() {
		return "this project's server and client in Spring Boot " + SpringBootVersion.getVersion() + ", "
				+ Versions.of("Netty", Channel.class) + ": proxies and breakers; handlers as in thriftboot";
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) {
		return new SpringServer(load);
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		return new SpringClient(port, connections);
	}

}
