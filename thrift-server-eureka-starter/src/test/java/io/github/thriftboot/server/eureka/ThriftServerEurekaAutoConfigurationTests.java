package io.github.thriftboot.server.eureka;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.netflix.appinfo.ApplicationInfoManager;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.server.autoconfigure.ThriftServerAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.discovery.event.InstancePreRegisteredEvent;
import org.springframework.cloud.netflix.eureka.serviceregistry.EurekaRegistration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link ThriftServerEurekaAutoConfiguration}.
 */
class ThriftServerEurekaAutoConfigurationTests {

	private final ApplicationInfoManager applicationInfoManager = mock(ApplicationInfoManager.class);

	private final EurekaRegistration registration = registration(new HashMap<>());

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ThriftServerAutoConfiguration.class, ThriftServerEurekaAutoConfiguration.class))
		.withPropertyValues("thrift.server.port=0", "thrift.server.address=localhost")
		.withBean(EurekaRegistration.class, () -> this.registration);

	private EurekaRegistration registration(Map<String, String> metadata) {
		EurekaRegistration result = mock(EurekaRegistration.class);
		given(result.getMetadata()).willReturn(metadata);
		given(result.getApplicationInfoManager()).willReturn(this.applicationInfoManager);
		return result;
	}

	@Test
	void metadataGoesToTheInstanceAndToWhatItIsMadeFrom() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class).run((context) -> {
			context.publishEvent(new InstancePreRegisteredEvent(this, this.registration));
			InstanceMetadata metadata = context.getBean(ThriftServerLifecycle.class).metadata();
			assertThat(metadata).isNotNull();
			assertThat(this.registration.getMetadata()).containsExactlyInAnyOrderEntriesOf(metadata.toMap());
			then(this.applicationInfoManager).should().registerAppMetadata(metadata.toMap());
		});
	}

	@Test
	void lazyInitializationDoesNotKeepMetadataBack() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				context.publishEvent(new InstancePreRegisteredEvent(this, this.registration));
				assertThat(this.registration.getMetadata()).isNotEmpty();
			});
	}

	@Test
	void registrationOfAnotherContextIsLeftAlone() {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class).run((context) -> {
			EurekaRegistration other = registration(new HashMap<>());
			context.publishEvent(new InstancePreRegisteredEvent(this, other));
			assertThat(other.getMetadata()).isEmpty();
		});
	}

	@Test
	void withoutServicesNothingIsWritten() {
		this.contextRunner.run((context) -> {
			context.publishEvent(new InstancePreRegisteredEvent(this, this.registration));
			assertThat(this.registration.getMetadata()).isEmpty();
			then(this.applicationInfoManager).should(never()).registerAppMetadata(any());
		});
	}

	@Test
	void serverWithoutAPortIsNotAnnounced(@TempDir Path directory) {
		this.contextRunner.withUserConfiguration(EchoConfiguration.class)
			.withPropertyValues("thrift.server.port=-1", "thrift.server.unix-socket=" + directory.resolve("s"))
			.run((context) -> {
				assertThat(context.getBean(ThriftServerLifecycle.class).isRunning()).isTrue();
				context.publishEvent(new InstancePreRegisteredEvent(this, this.registration));
				assertThat(this.registration.getMetadata()).isEmpty();
				then(this.applicationInfoManager).should(never()).registerAppMetadata(any());
			});
	}

	@Test
	void backsOffWithoutServer() {
		this.contextRunner.withPropertyValues("thrift.server.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EurekaMetadataContributor.class));
	}

	@Test
	void backsOffWithoutEureka() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThriftServerAutoConfiguration.class,
					ThriftServerEurekaAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(EurekaRegistration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("thriftEurekaMetadataContributor"));
	}

	@Configuration(proxyBeanMethods = false)
	static class EchoConfiguration {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

}
