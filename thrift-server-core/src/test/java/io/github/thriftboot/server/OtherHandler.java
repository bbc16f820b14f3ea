package io.github.thriftboot.server;

import java.util.Locale;

import io.github.thriftboot.test.OtherService;

/**
 * A handler of a second service.
 */
public class OtherHandler implements OtherService.Iface {

	@Override
	public String whoAmI() {
		return "other";
	}

	@Override
	public String upper(String text) {
		return text.toUpperCase(Locale.ROOT);
	}

}
