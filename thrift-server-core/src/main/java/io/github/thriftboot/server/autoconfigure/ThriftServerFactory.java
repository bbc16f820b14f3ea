package io.github.thriftboot.server.autoconfigure;

import java.net.BindException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

import io.github.thriftboot.netty.server.ThriftExceptionMapper;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.netty.server.ThriftServerInterceptor;
import io.github.thriftboot.netty.server.UnixSocketException;
import io.github.thriftboot.server.autoconfigure.ThriftServiceDiscoverer.ServiceBean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;

/**
 * Makes the Thrift server out of beans and properties.
 */
final class ThriftServerFactory {

	private static final Logger logger = LoggerFactory.getLogger(ThriftServerFactory.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final ThriftServerProperties properties;

	private final String executorBeanName;

	private final SslThriftServerCustomizer ssl;

	ThriftServerFactory(ConfigurableListableBeanFactory beanFactory, ThriftServerProperties properties,
			String executorBeanName) {
		this.beanFactory = beanFactory;
		this.properties = properties;
		this.executorBeanName = executorBeanName;
		this.ssl = new SslThriftServerCustomizer(properties.getSsl(),
				beanFactory.getBeanProvider(SslBundles.class).getIfAvailable());
	}

	/**
	 * Make a server and wait until it is bound.
	 * @return a new server, not yet started, or {@code null} if there is nothing to
	 * export
	 * @throws ThriftServerStartException if a bean is not declared as it should be, or
	 * the port or the Unix socket cannot be bound
	 */
	@Nullable ThriftServer bind() {
		List<ServiceBean> services = new ThriftServiceDiscoverer(this.beanFactory).discover();
		if (services.isEmpty()) {
			logger.debug("No bean is annotated with @ThriftServer: no Thrift server is started");
			return null;
		}
		ThriftServer server = build(services);
		try {
			server.bind().get();
			return server;
		}
		catch (ExecutionException ex) {
			server.shutdown(Duration.ZERO).join();
			throw bindFailure((ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (InterruptedException ex) {
			server.shutdown(Duration.ZERO);
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the Thrift server was being bound", ex);
		}
	}

	private ThriftServer build(List<ServiceBean> services) {
		ThriftServer.Builder builder = ThriftServer.builder();
		if (this.beanFactory.containsBean(this.executorBeanName)) {
			builder.executor(this.beanFactory.getBean(this.executorBeanName, Executor.class));
		}
		HandlerExecutors executors = new HandlerExecutors(this.beanFactory, this.properties);
		executors.logUnused(services);
		for (ServiceBean service : services) {
			builder.service(service.name(), service.descriptor(), service.handler(), executors.ofService(service),
					executors.ofMethods(service));
		}
		new PropertiesThriftServerCustomizer(this.properties).customize(builder);
		new MethodLimits(this.properties.getService()).apply(services, builder);
		this.ssl.customize(builder);
		this.beanFactory.getBeanProvider(ThriftServerInterceptor.class).orderedStream().forEach(builder::interceptor);
		this.beanFactory.getBeanProvider(ThriftExceptionMapper.class).orderedStream().forEach(builder::exceptionMapper);
		this.beanFactory.getBeanProvider(ThriftServerCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		this.beanFactory.getBeanProvider(ArgumentValidation.class)
			.ifAvailable((validation) -> validation.apply(services, builder));
		try {
			return builder.build();
		}
		catch (IllegalArgumentException ex) {
			checkDefaultService(services);
			throw ex;
		}
	}

	private void checkDefaultService(List<ServiceBean> services) {
		String name = this.properties.getDefaultService();
		List<String> names = services.stream().map(ServiceBean::name).toList();
		if (name != null && !names.contains(name)) {
			throw new InvalidConfigurationPropertyValueException("thrift.server.default-service", name,
					"No service of this name is exported. Set the property to one of " + names + ", or remove it.");
		}
	}

	private ThriftServerStartException bindFailure(Throwable cause) {
		if (cause instanceof UnixSocketException failure) {
			return new ThriftServerStartException(
					"The Thrift server cannot listen on the Unix socket " + this.properties.getUnixSocket()
							+ " ('thrift.server.unix-socket'): " + failure.getMessage() + ".",
					(failure.isInUse() ? "Stop the process that listens there, or set" : "Set")
							+ " 'thrift.server.unix-socket' to a path where nothing is yet, in a directory that exists"
							+ " and that the process may write to.",
					failure);
		}
		int port = this.properties.getPort();
		String where = "port " + port + " ('thrift.server.port')" + ((this.properties.getAddress() != null)
				? " of " + this.properties.getAddress().getHostAddress() + " ('thrift.server.address')" : "");
		String reason = String.valueOf(cause.getMessage());
		if (cause instanceof BindException && reason.contains("in use")) {
			return new ThriftServerStartException(
					"The Thrift server cannot listen on " + where + ": it is already in use.",
					"Stop the process that listens on port " + port + ", or set 'thrift.server.port' to another port;"
							+ " 0 takes any free one.",
					cause);
		}
		return new ThriftServerStartException("The Thrift server cannot listen on " + where + ": " + reason + ".",
				"Set 'thrift.server.address' to an address of this machine, or remove it to listen on all of them,"
						+ " and 'thrift.server.port' to a port that the process may open.",
				cause);
	}

}
