package io.github.thriftboot.netty.server;

/**
 * What a handler does wrong ends in the same way if there are interceptors around it.
 */
class InterceptedFailureIntegrationTests extends HandlerFailureIntegrationTests {

	@Override
	ThriftServer.Builder builder() {
		return super.builder().interceptor((call, next) -> next.proceed(call))
			.interceptor((call, next) -> next.proceed(call).thenApply((value) -> value));
	}

}
