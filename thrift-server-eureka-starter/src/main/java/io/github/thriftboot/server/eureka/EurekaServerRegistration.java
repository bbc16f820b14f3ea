package io.github.thriftboot.server.eureka;

import io.github.thriftboot.server.ServerRegistration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaAutoServiceRegistration;

/**
 * The place of this instance in Eureka, when it is taken out and put back by hand. It
 * goes the way of a stop and a start of the application: Eureka is told that the instance
 * is down, and later that it is up, with its present port.
 */
final class EurekaServerRegistration implements ServerRegistration {

	private final ObjectProvider<EurekaAutoServiceRegistration> registration;

	EurekaServerRegistration(ObjectProvider<EurekaAutoServiceRegistration> registration) {
		this.registration = registration;
	}

	@Override
	public void leave() {
		this.registration.ifUnique(EurekaAutoServiceRegistration::stop);
	}

	@Override
	public void join() {
		this.registration.ifUnique(EurekaAutoServiceRegistration::start);
	}

}
