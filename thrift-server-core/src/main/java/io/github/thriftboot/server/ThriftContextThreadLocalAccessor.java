package io.github.thriftboot.server;

import io.github.thriftboot.netty.context.ThriftContext;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the {@link ThriftContext} of a handler to
 * other threads, as with a {@code ContextPropagatingTaskDecorator}. Found by Micrometer
 * itself.
 */
public final class ThriftContextThreadLocalAccessor implements ThreadLocalAccessor<ThriftContext> {

	/**
	 * The key under which Micrometer knows the context.
	 */
	public static final String KEY = "thrift.context";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable ThriftContext getValue() {
		return ThriftContext.current();
	}

	@Override
	public void setValue(ThriftContext context) {
		ThriftContext.bind(context);
	}

	@Override
	public void setValue() {
		ThriftContext.bind(null);
	}

}
