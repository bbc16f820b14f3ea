package io.github.thriftboot.client.eureka;

import java.util.List;

import com.netflix.discovery.EurekaClient;
import io.github.thriftboot.client.autoconfigure.ThriftClientAutoConfiguration;
import io.github.thriftboot.netty.client.InstanceSource;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verifyNoInteractions;

class ThriftClientEurekaAutoConfigurationTests {

	private final EurekaClient eurekaClient = mock(EurekaClient.class);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ThriftClientEurekaAutoConfiguration.class, ThriftClientAutoConfiguration.class))
		.withBean(EurekaClient.class, () -> this.eurekaClient)
		.withBean(DiscoveryClient.class, () -> mock(DiscoveryClient.class));

	@Test
	void instancesComeFromEurekaAndNotFromDiscoveryClient() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(InstanceSource.class)
			.hasSingleBean(EurekaInstanceSource.class));
	}

	@Test
	void nothingIsReadWithoutClients() {
		this.runner.run((context) -> verifyNoInteractions(this.eurekaClient));
	}

	@Test
	void sourceOfTheUserIsUsed() {
		InstanceSource source = InstanceSource.of(List.of());
		this.runner.withBean(InstanceSource.class, () -> source)
			.run((context) -> assertThat(context.getBean(InstanceSource.class)).isSameAs(source));
	}

	@Test
	void propertySwitchesItOff() {
		this.runner.withPropertyValues("thrift.client.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(InstanceSource.class));
	}

	@Test
	void withoutEurekaClientBeanThereIsNoEurekaSource() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThriftClientEurekaAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(InstanceSource.class));
	}

	@Test
	void withoutEurekaOnTheClassPathThereIsNoEurekaSource() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader(EurekaClient.class))
			.withConfiguration(AutoConfigurations.of(ThriftClientEurekaAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(InstanceSource.class));
	}

}
