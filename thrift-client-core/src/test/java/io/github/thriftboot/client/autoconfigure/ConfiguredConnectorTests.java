package io.github.thriftboot.client.autoconfigure;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.client.CallLimitExceededException;
import io.github.thriftboot.client.EchoServer;
import io.github.thriftboot.client.ImportThriftClients;
import io.github.thriftboot.client.ThriftChannelCustomizer;
import io.github.thriftboot.client.ThriftClient;
import io.github.thriftboot.client.ThriftClientFactory;
import io.github.thriftboot.netty.client.CallTimeoutException;
import io.github.thriftboot.netty.client.ConnectionSettings;
import io.github.thriftboot.netty.client.InstanceFilter;
import io.github.thriftboot.netty.client.LoadBalancer;
import io.github.thriftboot.netty.client.RequestEncodingException;
import io.github.thriftboot.netty.client.ThriftChannel;
import io.github.thriftboot.netty.context.CallHeaders;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocolException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * That properties have the effect they describe.
 */
class ConfiguredConnectorTests {

	private static EchoServer server;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
		.withUserConfiguration(ClientConfiguration.class)
		.withPropertyValues("thrift.client.timeout=10s", "thrift.client.addresses=" + server.address());

	@BeforeAll
	static void startServer() {
		server = new EchoServer();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	private void run(TestOfClient test, String... properties) {
		this.runner.withPropertyValues(properties).run((context) -> test.run(context.getBean(EchoService.Iface.class)));
	}

	@Test
	void fallbackOfMethodIsForced() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThriftClientAutoConfiguration.class))
			.withUserConfiguration(FallbackConfiguration.class)
			.withPropertyValues("thrift.client.addresses=" + server.address(),
					"thrift.client.service.EchoService.method.whoAmI.fallback=force")
			.run((context) -> {
				EchoService.Iface client = context.getBean(FallingBack.class);
				assertThat(client.whoAmI()).isEqualTo("fallback");
				assertThat(client.misbehave("well")).isEqualTo("well");
			});
	}

	@Test
	void callsInFlightOfMethod() {
		server.handler().closeGate();
		this.runner.withPropertyValues("thrift.client.service.EchoService.method.misbehave.actives=1")
			.run((context) -> {
				ThriftClientFactory factory = context.getBean(ThriftClientFactory.class);
				EchoService.Iface client = factory.create(EchoService.Iface.class, "EchoService");
				factory.create(EchoService.AsyncIface.class, "EchoService").misbehave("wait", null);
				assertThatExceptionOfType(CallLimitExceededException.class).isThrownBy(() -> client.misbehave("well"));
				assertThat(client.whoAmI()).isEqualTo("echo");
				server.handler().openGate();
				await().ignoreExceptionsInstanceOf(CallLimitExceededException.class)
					.until(() -> client.misbehave("well").equals("well"));
			});
	}

	@Test
	void timeoutOfMethod() {
		run((client) -> {
			assertThatExceptionOfType(CallTimeoutException.class)
				.isThrownBy(() -> client.echoLater(Packets.ofSize(1), 1_000));
			assertThat(client.add(1, 2)).isEqualTo(3);
		}, "thrift.client.service.echoservice.method.ECHOLATER.timeout=50ms");
	}

	@Test
	void maxFrameSize() {
		run((client) -> {
			assertThatExceptionOfType(RequestEncodingException.class)
				.isThrownBy(() -> client.echo(Packets.ofSize(2_000)))
				.withMessageContaining("1024");
			assertThat(client.add(1, 2)).isEqualTo(3);
		}, "thrift.client.max-frame-size=1KB");
	}

	@Test
	void limitsOfReplies() {
		for (String prefix : new String[] { "thrift.client.", "thrift.client.service.EchoService." }) {
			assertReplyOverLimit(prefix + "max-string-length=5B", "max-string-length 5 ");
			assertReplyOverLimit(prefix + "max-recursion-depth=1", "max-recursion-depth 1)");
		}
	}

	private void assertReplyOverLimit(String property, String message) {
		run((client) -> {
			assertThatExceptionOfType(TProtocolException.class).isThrownBy(() -> client.echo(Packets.ofSize(6)))
				.withMessageContaining(message);
			assertThat(client.add(1, 2)).isEqualTo(3);
		}, property);
	}

	@Test
	void everyLimitReachesTheChannel() {
		ThriftClientProperties properties = new ThriftClientProperties();
		assertThat(limits(properties)).isEqualTo(MessageLimits.DEFAULT);
		properties.setMaxFrameSize(DataSize.ofKilobytes(2));
		properties.setMaxStringLength(DataSize.ofBytes(11));
		properties.setMaxContainerLength(12);
		properties.setMaxRecursionDepth(13);
		properties.setMaxHeaders(14);
		properties.setMaxHeaderSize(DataSize.ofBytes(1500));
		properties.setMaxDecompressedSize(DataSize.ofBytes(16));
		properties.setMaxCompressionRatio(17);
		assertThat(limits(properties)).isEqualTo(new MessageLimits(2048, 11, 12, 13, 14, 1500, 16, 17));
	}

	private static MessageLimits limits(ThriftClientProperties properties) {
		MessageLimits.Builder limits = MessageLimits.builder();
		new ConfiguredConnector(properties, mock(), mock(), null, new ChannelExtensions(null, null, List.of()),
				new ClientSslBundles(null))
			.applyLimits("EchoService", limits);
		return limits.build();
	}

	@Test
	void everySettingOfConnectionsReachesTheChannel() {
		ThriftClientProperties properties = new ThriftClientProperties();
		assertThat(connections(properties)).isEqualTo(ConnectionSettings.DEFAULT);
		ThriftConnectionProperties connections = properties.getConnections();
		connections.setMin(2);
		connections.setMax(3);
		connections.setMaxShared(4);
		connections.setGrowthThreshold(5);
		connections.setPipelining(6);
		connections.setIdleTimeout(Duration.ofMillis(7));
		connections.setMaxAge(Duration.ofMillis(8));
		connections.setEager(true);
		properties.getHeartbeat().setInterval(Duration.ofMillis(9));
		properties.getHeartbeat().setTimeout(Duration.ofMillis(10));
		assertThat(connections(properties)).isEqualTo(new ConnectionSettings(Duration.ofSeconds(1), 2, 3, 4, 5, 6,
				Duration.ofMillis(7), Duration.ofMillis(8), true, Duration.ofMillis(9), Duration.ofMillis(10)));
	}

	private static ConnectionSettings connections(ThriftClientProperties properties) {
		ConnectionSettings.Builder connections = ConnectionSettings.builder();
		new ConfiguredConnector(properties, mock(), mock(), null, new ChannelExtensions(null, null, List.of()),
				new ClientSslBundles(null))
			.applyConnections("EchoService", connections);
		return connections.build();
	}

	@Test
	void loadBalancerOfTheApplicationIsAskedUnlessAnotherOneIsConfigured() {
		AtomicInteger picks = new AtomicInteger();
		LoadBalancer first = (candidates) -> (request) -> {
			picks.incrementAndGet();
			return candidates.isEmpty() ? null : candidates.get(0);
		};
		ApplicationContextRunner withBalancer = this.runner.withBean(LoadBalancer.class, () -> first);

		withBalancer.run((context) -> context.getBean(EchoService.Iface.class).nothing());
		assertThat(picks).hasPositiveValue();

		picks.set(0);
		withBalancer.withPropertyValues("thrift.client.service.EchoService.load-balancer=p2c-ewma")
			.run((context) -> context.getBean(EchoService.Iface.class).nothing());
		assertThat(picks).hasValue(0);
	}

	@Test
	void instanceFilterOfTheApplicationSeesHeadersAndInstances() {
		Map<String, Object> seen = new ConcurrentHashMap<>();
		InstanceFilter filter = (headers, instances) -> {
			seen.putAll(headers);
			seen.put("instances", instances.size());
			return instances;
		};
		this.runner.withBean(InstanceFilter.class, () -> filter).run((context) -> {
			try (CallHeaders headers = CallHeaders.open()) {
				headers.put("version", "2");
				context.getBean(EchoService.Iface.class).nothing();
			}
		});
		assertThat(seen).containsEntry("version", "2").containsEntry("instances", 1);
	}

	@Test
	void customizersComeLastAndInTheirOrder() {
		List<String> called = new CopyOnWriteArrayList<>();
		this.runner.withPropertyValues("thrift.client.timeout=1ms")
			.withBean("second", ThriftChannelCustomizer.class, () -> ordered(2, called))
			.withBean("first", ThriftChannelCustomizer.class, () -> ordered(1, called))
			.run((context) -> assertThat(called).containsExactly("1 EchoService", "2 EchoService"));
	}

	private static ThriftChannelCustomizer ordered(int order, List<String> called) {
		class OrderedCustomizer implements ThriftChannelCustomizer, Ordered {

			@Override
			public int getOrder() {
				return order;
			}

			@Override
			public void customize(String client, ThriftChannel.Builder builder) {
				called.add(order + " " + client);
			}

		}
		return new OrderedCustomizer();
	}

	@Test
	void wrongBalancingOptionsAreTold() {
		for (String property : List.of("warm-up=-1s", "zone-threshold=101")) {
			this.runner.withPropertyValues("thrift.client." + property)
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.rootCause()
					.hasMessageContaining("(expected: "));
		}
	}

	@Test
	void fallbackOnApplicationError() {
		run((client) -> assertThat(client.misbehave("runtime")).isEqualTo("fallback"),
				"thrift.client.fallback-on-application-error=true");
		run((client) -> assertThatExceptionOfType(RemoteApplicationException.class)
			.isThrownBy(() -> client.misbehave("runtime")));
	}

	@Test
	void dialectByDefault() throws Exception {
		byte[] frame = firstFrame();
		assertThat(frame).startsWith(0x0F, 0xFF);
		assertThat(new String(frame, StandardCharsets.ISO_8859_1)).contains("\u0080\u0001\0\u0001",
				"EchoService:whoAmI");
	}

	@Test
	void dialectAsConfigured() throws Exception {
		byte[] frame = firstFrame("transport=framed", "protocol=compact", "multiplexed=false");
		assertThat(frame).startsWith(0x82, 0x21);
		assertThat(new String(frame, StandardCharsets.ISO_8859_1)).contains("whoAmI").doesNotContain("EchoService");
	}

	/**
	 * Return the first frame that a client sends, without its length.
	 */
	private byte[] firstFrame(String... properties) throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<byte[]> frame = CompletableFuture.supplyAsync(() -> readFrame(socket));
			String[] keys = new String[properties.length + 2];
			for (int i = 0; i < properties.length; i++) {
				keys[i] = "thrift.client." + properties[i];
			}
			keys[properties.length] = "thrift.client.addresses=127.0.0.1:" + socket.getLocalPort();
			keys[properties.length + 1] = "thrift.client.timeout=1s";
			run((client) -> assertThatExceptionOfType(TException.class).isThrownBy(client::whoAmI), keys);
			return frame.get(15, TimeUnit.SECONDS);
		}
	}

	private static byte[] readFrame(ServerSocket socket) {
		try (Socket connection = socket.accept();
				DataInputStream in = new DataInputStream(connection.getInputStream())) {
			return in.readNBytes(in.readInt());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@FunctionalInterface
	interface TestOfClient {

		void run(EchoService.Iface client) throws Exception;

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(EchoClient.class)
	static class ClientConfiguration {

	}

	interface EchoClient extends EchoService.Iface {

		@Override
		default String misbehave(String how) {
			return "fallback";
		}

	}

	@ThriftClient(name = "EchoService")
	interface FallingBack extends EchoService.Iface {

		@Override
		default String whoAmI() {
			return "fallback";
		}

		@Override
		default String misbehave(String how) {
			return "fallback";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportThriftClients(FallingBack.class)
	static class FallbackConfiguration {

	}

}
