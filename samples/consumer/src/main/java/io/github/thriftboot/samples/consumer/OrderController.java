package io.github.thriftboot.samples.consumer;

import java.util.List;

import io.github.thriftboot.samples.api.Catalogue;
import io.github.thriftboot.samples.api.Order;
import io.github.thriftboot.samples.api.OrderLine;
import io.github.thriftboot.samples.api.OrderRequest;
import io.github.thriftboot.samples.api.OrderService;
import io.github.thriftboot.samples.api.Product;
import org.apache.thrift.TException;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Catalogue and orders over HTTP. Asks for the generated interface: the client is found
 * by it too.
 */
@RestController
class OrderController {

	private final OrderService.Iface orders;

	OrderController(OrderService.Iface orders) {
		this.orders = orders;
	}

	@GetMapping("/catalogue")
	CatalogueView catalogue() throws TException {
		Catalogue catalogue = this.orders.getCatalogue();
		List<String> skus = catalogue.getProducts().stream().map(Product::getSku).toList();
		return new CatalogueView(skus, catalogue.getAnsweredBy());
	}

	@PostMapping("/orders")
	@ResponseStatus(HttpStatus.CREATED)
	OrderView place(@RequestParam long user, @RequestParam String sku, @RequestParam(defaultValue = "1") int quantity)
			throws TException {
		OrderRequest request = new OrderRequest(user, List.of(new OrderLine(sku, quantity)));
		Order order = this.orders.placeOrder(request);
		return new OrderView(order.getId(), order.getTotalCents(), order.getAnsweredBy());
	}

	record CatalogueView(List<String> skus, String answeredBy) {

	}

	record OrderView(String id, long totalCents, String answeredBy) {

	}

}
