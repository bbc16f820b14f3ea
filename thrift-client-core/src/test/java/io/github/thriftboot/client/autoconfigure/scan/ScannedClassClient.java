package io.github.thriftboot.client.autoconfigure.scan;

import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.test.OtherService;

@ThriftClient(name = "other")
abstract class ScannedClassClient implements OtherService.Iface {

	@Override
	public String upper(String text) {
		return "unknown";
	}

}
