package io.github.thriftboot.server.autoconfigure;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.server.ThriftServer;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;

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

	@Test
	void defaultsAreThoseOfTheRuntime() {
		customize();
		then(this.builder).should().address(new InetSocketAddress(ThriftServer.DEFAULT_PORT));
		then(this.builder).should().maxFrameSize(ThriftServer.DEFAULT_MAX_FRAME_SIZE);
		then(this.builder).should()
			.handlerThreads(ThriftServer.DEFAULT_HANDLER_THREADS, ThriftServer.DEFAULT_HANDLER_QUEUE_CAPACITY);
		then(this.builder).should().handlerTimeout(ThriftServer.DEFAULT_HANDLER_TIMEOUT);
		then(this.builder).should().eventLoopThreads(0);
		then(this.builder).should().defaultService(null);
		then(this.builder).shouldHaveNoMoreInteractions();
		assertThat(this.properties.getWeight()).isEqualTo(InstanceMetadata.DEFAULT_WEIGHT);
	}

	@Test
	void everyPropertyReachesTheBuilder() {
		this.properties.setAddress(InetAddress.getLoopbackAddress());
		this.properties.setPort(1234);
		this.properties.setMaxFrameSize(DataSize.ofKilobytes(2));
		this.properties.setHandlerTimeout(Duration.ofSeconds(7));
		this.properties.setEventLoopThreads(3);
		this.properties.getExecutor().setThreads(4);
		this.properties.getExecutor().setQueueCapacity(5);
		this.properties.setDefaultService("EchoService");
		customize();
		then(this.builder).should().address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234));
		then(this.builder).should().maxFrameSize(2048);
		then(this.builder).should().handlerTimeout(Duration.ofSeconds(7));
		then(this.builder).should().eventLoopThreads(3);
		then(this.builder).should().handlerThreads(4, 5);
		then(this.builder).should().defaultService("EchoService");
	}

}
