package io.github.thriftboot.samples.consumer;

import java.util.List;

import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.samples.api.Catalogue;
import io.github.thriftboot.samples.api.OrderService;

/**
 * The order service, in the short form: an annotated class is its own fallback. Its
 * methods run only while the service is down. Those that it leaves out have no fallback,
 * so the caller gets the exception: nobody may pretend to have taken an order.
 */
@ThriftClient
abstract class OrderClient implements OrderService.Iface {

	@Override
	public Catalogue getCatalogue() {
		return new Catalogue(List.of()).setAnsweredBy("fallback");
	}

}
