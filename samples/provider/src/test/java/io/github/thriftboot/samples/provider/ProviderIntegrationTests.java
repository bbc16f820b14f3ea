package io.github.thriftboot.samples.provider;

import java.util.Set;

import io.github.thriftboot.samples.api.OrderService;
import io.github.thriftboot.samples.api.UserNotFound;
import io.github.thriftboot.samples.api.UserService;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TMultiplexedProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.layered.TFramedTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The provider without Eureka, called by plain Apache clients.
 */
@SpringBootTest(properties = { "thrift.server.port=0", "eureka.client.enabled=false" })
class ProviderIntegrationTests {

	@Value("${local.thrift.server.port}")
	private int port;

	private TTransport transport;

	private TProtocol protocol;

	@BeforeEach
	void connect() throws TException {
		this.transport = new TFramedTransport(new TSocket("localhost", this.port, 5000));
		this.transport.open();
		this.protocol = new TBinaryProtocol(this.transport);
	}

	@AfterEach
	void disconnect() {
		this.transport.close();
	}

	@Test
	void bothServicesAnswerOnOnePort() throws TException {
		UserService.Client users = new UserService.Client(new TMultiplexedProtocol(this.protocol, "UserService"));
		OrderService.Client orders = new OrderService.Client(new TMultiplexedProtocol(this.protocol, "OrderService"));
		assertThat(users.getUsers(Set.of(1L, 3L, 404L))).containsOnlyKeys(1L, 3L);
		assertThat(orders.getCatalogue().getProducts()).extracting("sku").containsExactly("tea", "cup");
		assertThat(users.getUser(1).getAddress().getCity()).isEqualTo("London");
	}

	@Test
	void declaredExceptionArrives() {
		UserService.Client users = new UserService.Client(new TMultiplexedProtocol(this.protocol, "UserService"));
		assertThatExceptionOfType(UserNotFound.class).isThrownBy(() -> users.getUser(404))
			.satisfies((ex) -> assertThat(ex.getId()).isEqualTo(404));
	}

}
