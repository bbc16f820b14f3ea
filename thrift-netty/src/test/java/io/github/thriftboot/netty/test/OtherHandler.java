package io.github.thriftboot.netty.test;

import java.util.Locale;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.test.OtherService;

/**
 * A handler of another service, for tests with several.
 */
public final class OtherHandler implements OtherService.Iface {

	/**
	 * The service.
	 */
	public static final ThriftServiceDescriptor SERVICE = ThriftServiceDescriptor.of(OtherService.class);

	@Override
	public String whoAmI() {
		return "other";
	}

	@Override
	public String upper(String text) {
		return text.toUpperCase(Locale.ROOT);
	}

}
