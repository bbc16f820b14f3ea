package io.github.thriftboot.samples.consumer;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.samples.api.OrderRequest;
import io.github.thriftboot.samples.api.OrderService;
import io.github.thriftboot.samples.api.Tier;
import io.github.thriftboot.samples.api.User;
import io.github.thriftboot.samples.api.UserNotFound;
import io.github.thriftboot.samples.api.UserService;
import io.github.thriftboot.samples.api.Visit;
import io.github.thriftboot.samples.api.VisitCount;
import org.apache.thrift.TException;
import org.apache.thrift.transport.TTransportException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The consumer without Eureka: the user service at a static address, no order service.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "eureka.client.enabled=false", "thrift.client.service.OrderService.addresses=localhost:1" })
class ConsumerIntegrationTests {

	private static final ThriftServer server = ThriftServer.builder()
		.address(new InetSocketAddress("localhost", 0))
		.service("UserService", ThriftServiceDescriptor.of(UserService.class), new OnlyAda())
		.build();

	@Autowired
	private UserClient users;

	@Autowired
	private OrderService.Iface orders;

	@DynamicPropertySource
	static void startServer(DynamicPropertyRegistry registry) {
		server.bind().join();
		server.start();
		registry.add("thrift.client.service.UserService.addresses", () -> "localhost:" + server.port());
	}

	@AfterAll
	static void stopServer() {
		server.shutdown(Duration.ofSeconds(1)).join();
	}

	@Test
	void serviceAnswers() throws TException {
		assertThat(this.users.getUser(1).getAnsweredBy()).isEqualTo("test");
	}

	@Test
	void declaredExceptionIsNoReasonForTheFallback() {
		assertThatExceptionOfType(UserNotFound.class).isThrownBy(() -> this.users.getUser(404));
	}

	@Test
	void fallbackAnswersForServiceThatIsDown() throws TException {
		assertThat(this.orders.getCatalogue().getAnsweredBy()).isEqualTo("fallback");
	}

	@Test
	void methodWithoutFallbackThrows() {
		assertThatExceptionOfType(TTransportException.class)
			.isThrownBy(() -> this.orders.placeOrder(new OrderRequest(1, List.of())));
	}

	private static final class OnlyAda implements UserService.Iface {

		@Override
		public User getUser(long id) throws UserNotFound {
			if (id != 1) {
				throw new UserNotFound(id, "no such user");
			}
			return new User(id, "Ada", Tier.PREMIUM, List.of()).setAnsweredBy("test");
		}

		@Override
		public Map<Long, User> getUsers(Set<Long> ids) {
			return Map.of();
		}

		@Override
		public void recordVisit(Visit visit) {
			// nobody asks
		}

		@Override
		public VisitCount countVisits(long userId) {
			return new VisitCount(userId, 0, Map.of());
		}

	}

}
