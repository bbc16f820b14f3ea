package io.github.thriftboot.samples.provider;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.thriftboot.samples.api.Catalogue;
import io.github.thriftboot.samples.api.Order;
import io.github.thriftboot.samples.api.OrderLine;
import io.github.thriftboot.samples.api.OrderRequest;
import io.github.thriftboot.samples.api.OrderService;
import io.github.thriftboot.samples.api.OutOfStock;
import io.github.thriftboot.samples.api.Product;
import io.github.thriftboot.server.ThriftServer;

import org.springframework.beans.factory.annotation.Value;

/**
 * Takes orders. Nothing is delivered, so the stock never gets less.
 */
@ThriftServer
class OrderServiceHandler implements OrderService.Iface {

	private static final List<Product> PRODUCTS = List.of(new Product("tea", 450, 100), new Product("cup", 1200, 8));

	private final Map<String, Product> bySku = PRODUCTS.stream()
		.collect(Collectors.toMap(Product::getSku, Function.identity()));

	private final String instance;

	OrderServiceHandler(@Value("${shop.instance}") String instance) {
		this.instance = instance;
	}

	@Override
	public Catalogue getCatalogue() {
		return new Catalogue(PRODUCTS).setAnsweredBy(this.instance);
	}

	@Override
	public Order placeOrder(OrderRequest request) throws OutOfStock {
		long cents = 0;
		for (OrderLine line : request.getLines()) {
			Product product = this.bySku.get(line.getSku());
			int inStock = (product != null) ? product.getInStock() : 0;
			if (product == null || line.getQuantity() > inStock) {
				throw new OutOfStock(line.getSku(), inStock);
			}
			cents += product.getCents() * line.getQuantity();
		}
		return new Order(UUID.randomUUID().toString(), request, cents).setAnsweredBy(this.instance);
	}

}
