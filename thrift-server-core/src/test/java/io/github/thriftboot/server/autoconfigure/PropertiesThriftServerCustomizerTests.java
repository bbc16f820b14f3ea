package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ConnectionLimits;
import io.github.thriftboot.netty.server.ThriftServer;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;
import org.mockito.ArgumentCaptor;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PropertiesThriftServerCustomizer} and {@link ThriftServerProperties}.
 */
class PropertiesThriftServerCustomizerTests {

	private final ThriftServer.Builder builder = mock(ThriftServer.Builder.class, Answers.RETURNS_SELF);

	private final ThriftServerProperties properties = new ThriftServerProperties();

	private void customize() {
		new PropertiesThriftServerCustomizer(this.properties).customize(this.builder);
	}

	/**
	 * Return the limits that the builder was given.
	 */
	private MessageLimits limits() {
		ArgumentCaptor<Consumer<MessageLimits.Builder>> change = ArgumentCaptor.captor();
		then(this.builder).should().limits(change.capture());
		MessageLimits.Builder limits = MessageLimits.builder();
		change.getValue().accept(limits);
		return limits.build();
	}

	/**
	 * Return the limits of connections that the builder was given.
	 */
	private ConnectionLimits connectionLimits() {
		ArgumentCaptor<Consumer<ConnectionLimits.Builder>> change = ArgumentCaptor.captor();
		then(this.builder).should().connections(change.capture());
		ConnectionLimits.Builder limits = ConnectionLimits.builder();
		change.getValue().accept(limits);
		return limits.build();
	}

	@Test
	void defaultsAreThoseOfTheRuntime() {
		customize();
		then(this.builder).should().address(new InetSocketAddress(ThriftServer.DEFAULT_PORT));
		then(this.builder).should().unixSocket(null);
		assertThat(limits()).isEqualTo(MessageLimits.DEFAULT);
		assertThat(connectionLimits()).isEqualTo(ConnectionLimits.DEFAULT);
		then(this.builder).should().maxCalls(ThriftServer.DEFAULT_MAX_CALLS);
		then(this.builder).should().maxCallsPerConnection(ThriftServer.DEFAULT_MAX_CALLS_PER_CONNECTION);
		then(this.builder).should()
			.handlerThreads(ThriftServer.DEFAULT_HANDLER_THREADS, ThriftServer.DEFAULT_HANDLER_QUEUE_CAPACITY);
		then(this.builder).should().handlerTimeout(ThriftServer.DEFAULT_HANDLER_TIMEOUT);
		then(this.builder).should().eventLoopThreads(0);
		then(this.builder).should().accessLog(false);
		then(this.builder).should().defaultService(null);
		then(this.builder).shouldHaveNoMoreInteractions();
		assertThat(this.properties.getWeight()).isEqualTo(InstanceMetadata.DEFAULT_WEIGHT);
	}

	@Test
	void negativePortIsNone() {
		this.properties.setPort(-1);
		customize();
		then(this.builder).should().address(null);
	}

	@Test
	void everyPropertyReachesTheBuilder() {
		this.properties.setAddress(InetAddress.getLoopbackAddress());
		this.properties.setPort(1234);
		this.properties.setUnixSocket(Path.of("/run/app/s"));
		this.properties.setMaxFrameSize(DataSize.ofKilobytes(2));
		this.properties.setMaxStringLength(DataSize.ofBytes(11));
		this.properties.setMaxContainerLength(12);
		this.properties.setMaxRecursionDepth(13);
		this.properties.setMaxHeaders(14);
		this.properties.setMaxHeaderSize(DataSize.ofBytes(1500));
		this.properties.setMaxDecompressedSize(DataSize.ofBytes(16));
		this.properties.setMaxCompressionRatio(17);
		this.properties.setHandlerTimeout(Duration.ofSeconds(7));
		this.properties.setEventLoopThreads(3);
		this.properties.getAccessLog().setEnabled(true);
		this.properties.getExecutor().setThreads(4);
		this.properties.getExecutor().setQueueCapacity(5);
		this.properties.setDefaultService("EchoService");
		ThriftServerConnectionProperties connections = this.properties.getConnections();
		connections.setMax(18);
		connections.setMaxPerAddress(19);
		connections.setFirstByteTimeout(Duration.ofSeconds(20));
		connections.setFrameTimeout(Duration.ofSeconds(21));
		connections.setIdleTimeout(Duration.ofSeconds(22));
		connections.setWriteTimeout(Duration.ofSeconds(23));
		this.properties.getCalls().setMax(24);
		this.properties.getCalls().setMaxPerConnection(25);
		this.properties.getCalls().getAdaptive().setEnabled(true);
		this.properties.getCalls().getAdaptive().setMin(26);
		this.properties.getCalls().getAdaptive().setMax(27);
		this.properties.getCalls().setMaxMemory(DataSize.ofKilobytes(26));
		customize();
		then(this.builder).should().address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234));
		then(this.builder).should().unixSocket(Path.of("/run/app/s"));
		assertThat(limits()).isEqualTo(new MessageLimits(2048, 11, 12, 13, 14, 1500, 16, 17));
		assertThat(connectionLimits()).isEqualTo(new ConnectionLimits(18, 19, Duration.ofSeconds(20),
				Duration.ofSeconds(21), Duration.ofSeconds(22), Duration.ofSeconds(23)));
		then(this.builder).should().maxCalls(24);
		then(this.builder).should().maxCallsPerConnection(25);
		then(this.builder).should().adaptiveLimit(26, 27);
		then(this.builder).should().maxCallMemory(26 * 1024);
		then(this.builder).should().handlerTimeout(Duration.ofSeconds(7));
		then(this.builder).should().eventLoopThreads(3);
		then(this.builder).should().accessLog(true);
		then(this.builder).should().handlerThreads(4, 5);
		then(this.builder).should().defaultService("EchoService");
	}

	@Test
	void adaptiveLimitIsAtMostTheFixedOne() {
		this.properties.getCalls().getAdaptive().setEnabled(true);
		customize();
		then(this.builder).should().adaptiveLimit(20, ThriftServer.DEFAULT_MAX_CALLS);
	}

	@Test
	void propertiesOfTheDocumentationHaveMetadata() throws Exception {
		String page = Files.readString(Path.of("..", "docs", "properties.md"));
		String server = page.substring(page.indexOf("## Server"), page.indexOf("## Client"));
		List<String> names = Pattern.compile("^\\| `([^`<]+)` \\|", Pattern.MULTILINE)
			.matcher(server)
			.results()
			.map((row) -> "\"thrift.server." + row.group(1) + "\"")
			.toList();
		assertThat(names).hasSizeGreaterThan(30);
		Path metadata = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
		assertThat(Files.readString(metadata)).contains(names);
	}

}
