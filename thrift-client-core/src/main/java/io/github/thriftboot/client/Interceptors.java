package io.github.thriftboot.client;

import io.github.thriftboot.client.ThriftClientInterceptor.Chain;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The interceptors of all clients. They are beans, and made when all singletons are or at
 * the first call, so that they may have clients injected. Thread-safe.
 */
final class Interceptors {

	private final ListableBeanFactory beanFactory;

	private volatile @Nullable Boolean any;

	private volatile @Nullable Chain chain;

	Interceptors(ListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Put the interceptors around the calls of a method.
	 * @param client the name of the client
	 * @param method makes the calls
	 * @return what to call: the method itself if there are no interceptors
	 */
	MethodCaller around(String client, GuardedMethod method) {
		return isAny() ? new InterceptedMethod(client, method, this) : method;
	}

	private boolean isAny() {
		Boolean known = this.any;
		if (known == null) {
			known = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, ThriftClientInterceptor.class,
					true, false).length > 0;
			this.any = known;
		}
		return known;
	}

	/**
	 * Make the interceptors, unless that was done.
	 */
	void makeAll() {
		if (isAny()) {
			chain();
		}
	}

	/**
	 * Return what goes through all interceptors to the call.
	 * @return the chain
	 */
	Chain chain() {
		Chain made = this.chain;
		if (made == null) {
			made = ClientInvocation
				.chain(this.beanFactory.getBeanProvider(ThriftClientInterceptor.class).orderedStream().toList());
			this.chain = made;
		}
		return made;
	}

}
