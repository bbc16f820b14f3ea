package io.github.thriftboot.server.autoconfigure;

import java.util.Set;

import io.github.thriftboot.netty.server.ThriftExceptionMapper;
import io.github.thriftboot.netty.server.ThriftServer.Builder;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.LogCapture;
import io.github.thriftboot.server.EchoConnection;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.ThriftServerLifecycle;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.github.thriftboot.test.Profile;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.HibernateValidatorConfiguration;
import org.hibernate.validator.cfg.ConstraintMapping;
import org.hibernate.validator.cfg.defs.NotBlankDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.validation.beanvalidation.LocalValidatorFactoryBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class ArgumentValidationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThriftServerAutoConfiguration.class))
		.withPropertyValues("thrift.server.port=0", "thrift.server.address=127.0.0.1");

	private final ApplicationContextRunner validating = this.contextRunner.withUserConfiguration(Validation.class);

	private static EchoConnection open(AssertableApplicationContext context) throws Exception {
		assertThat(context).hasNotFailed();
		return EchoConnection.open(context.getBean(ThriftServerLifecycle.class).metadata().port());
	}

	private static void assertRefused(EchoService.Iface echo) {
		assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> echo.add(0, 11))
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TApplicationException.PROTOCOL_ERROR))
			.withMessage("Invalid arguments for add: left must be greater than or equal to 1 (Min),"
					+ " right must be less than or equal to 10 (Max)");
	}

	@ParameterizedTest
	@ValueSource(classes = { Constrained.class, AsyncConstrained.class })
	void argumentsAreValidatedAsTheHandlerSays(Class<?> configuration) {
		this.validating.withUserConfiguration(configuration).run((context) -> {
			try (EchoConnection connection = open(context);
					LogCapture log = new LogCapture("io.github.thriftboot.netty.server")) {
				assertRefused(connection.echo());
				assertThat(connection.echo().add(1, 10)).isEqualTo(11);
				assertThat(log.lines()).isEmpty();
			}
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void handlerBehindAProxyIsValidated(boolean proxyTargetClass) {
		this.validating.withUserConfiguration(Constrained.class, Proxied.class)
			.withPropertyValues("proxy-target-class=" + proxyTargetClass)
			.run((context) -> {
				try (EchoConnection connection = open(context)) {
					assertRefused(connection.echo());
					assertThat(connection.echo().add(1, 10)).isEqualTo(11);
				}
			});
	}

	@Test
	void structIsValidatedInDepthAndItsFieldIsNamed() {
		this.validating.withUserConfiguration(Constrained.class).run((context) -> {
			try (EchoConnection connection = open(context)) {
				assertThatExceptionOfType(TApplicationException.class)
					.isThrownBy(() -> connection.echo().profile(new Profile().setName(" ")))
					.withMessage("Invalid arguments for profile: profile.name must not be blank (NotBlank)");
				assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> connection.echo().profile(null))
					.withMessage("Invalid arguments for profile: profile must not be null (NotNull)");
				assertThat(connection.echo().profile(new Profile().setName("name")).getName()).isEqualTo("name");
			}
		});
	}

	@Test
	void mapperOfTheApplicationMayTurnViolationsIntoADeclaredException() {
		this.validating.withUserConfiguration(Constrained.class, Mapping.class).run((context) -> {
			try (EchoConnection connection = open(context)) {
				assertThatExceptionOfType(Declined.class).isThrownBy(() -> connection.echo().decline(-1))
					.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo("1 violation"));
			}
		});
	}

	@Test
	void violationThatTheHandlerThrowsItselfTellsNothing() {
		this.validating.withUserConfiguration(Constrained.class).run((context) -> {
			try (EchoConnection connection = open(context)) {
				assertThatExceptionOfType(TApplicationException.class)
					.isThrownBy(() -> connection.echo().misbehave("violate"))
					.withMessage("Internal error processing misbehave");
			}
		});
	}

	@Test
	void withoutConstraintsThereIsNothingAroundCalls() {
		Builder builder = mock(Builder.class);
		this.validating.withUserConfiguration(Unconstrained.class).run((context) -> {
			ConfigurableListableBeanFactory beanFactory = context
				.getSourceApplicationContext(ConfigurableApplicationContext.class)
				.getBeanFactory();
			context.getBean(ArgumentValidation.class)
				.apply(new ThriftServiceDiscoverer(beanFactory).discover(), builder);
			then(builder).shouldHaveNoInteractions();
		});
	}

	@Test
	void nothingIsValidatedIfItIsSwitchedOff() {
		this.validating.withUserConfiguration(Constrained.class)
			.withPropertyValues("thrift.server.validation.enabled=false")
			.run((context) -> assertNotValidated(context));
	}

	@Test
	void nothingIsValidatedWithoutAValidator() {
		this.contextRunner.withUserConfiguration(Constrained.class).run((context) -> assertNotValidated(context));
	}

	@Test
	void nothingIsValidatedWithoutBeanValidationOnTheClassPath() {
		this.contextRunner.withUserConfiguration(Constrained.class)
			.withClassLoader(new FilteredClassLoader("jakarta.validation", "org.hibernate.validator"))
			.run((context) -> assertNotValidated(context));
	}

	private static void assertNotValidated(AssertableApplicationContext context) throws Exception {
		try (EchoConnection connection = open(context)) {
			assertThat(connection.echo().add(0, 11)).isEqualTo(11);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Validation {

		@Bean
		LocalValidatorFactoryBean validator() {
			LocalValidatorFactoryBean validator = new LocalValidatorFactoryBean();
			validator.setProviderClass(HibernateValidator.class);
			validator.setConfigurationInitializer((configuration) -> {
				HibernateValidatorConfiguration hibernate = (HibernateValidatorConfiguration) configuration;
				ConstraintMapping mapping = hibernate.createConstraintMapping();
				mapping.type(Profile.class).field("name").constraint(new NotBlankDef());
				hibernate.addMapping(mapping);
			});
			return validator;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Constrained {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new ConstrainedHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncConstrained {

		@Bean
		@ThriftServer
		EchoService.AsyncIface echoHandler() {
			return new AsyncConstrainedHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Unconstrained {

		@Bean
		@ThriftServer
		EchoHandler echoHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Mapping {

		@Bean
		ThriftExceptionMapper violations() {
			return (failure, call) -> (failure instanceof ConstraintViolationException ex)
					? new Declined(1, ex.getConstraintViolations().size() + " violation") : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Proxied {

		@Bean
		MethodInterceptor advice() {
			return (invocation) -> invocation.proceed();
		}

		@Bean
		static BeanNameAutoProxyCreator autoProxyCreator(Environment environment) {
			BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
			creator.setBeanNames("echoHandler");
			creator.setInterceptorNames("advice");
			creator.setProxyTargetClass(environment.getRequiredProperty("proxy-target-class", Boolean.class));
			return creator;
		}

	}

	static class ConstrainedHandler extends EchoHandler {

		@Override
		public int add(@Min(1) int left, @Max(10) int right) {
			return left + right;
		}

		@Override
		public Profile profile(@NotNull @Valid Profile profile) {
			return profile;
		}

		@Override
		public String decline(@Min(0) int code) {
			return "accepted";
		}

		@Override
		public String misbehave(@NotBlank String how) {
			throw new ConstraintViolationException("secret of the server", Set.of());
		}

		@Override
		public void note(Packet packet) {
			// nothing
		}

	}

	static class AsyncConstrainedHandler extends EchoService.AsyncClient {

		AsyncConstrainedHandler() {
			super(null, null, null);
		}

		@Override
		public void add(@Min(1) int left, @Max(10) int right, AsyncMethodCallback<Integer> callback) {
			callback.onComplete(left + right);
		}

	}

}
