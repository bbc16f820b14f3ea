package io.github.thriftboot.server.autoconfigure;

import java.util.List;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.server.OtherHandler;
import io.github.thriftboot.server.ThriftServer;
import io.github.thriftboot.server.autoconfigure.ThriftServiceDiscoverer.ServiceBean;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link ThriftServiceDiscoverer}, and for what {@link ThriftServer} says.
 */
class ThriftServiceDiscovererTests {

	private static List<ServiceBean> discover(Class<?>... components) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			context.register(components);
			context.refresh();
			return new ThriftServiceDiscoverer(context.getBeanFactory()).discover();
		}
	}

	private static ThriftServerStartException failure(Class<?>... components) {
		return assertThatExceptionOfType(ThriftServerStartException.class).isThrownBy(() -> discover(components))
			.actual();
	}

	@Test
	void withoutAnnotatedBeansThereAreNoServices() {
		assertThat(discover(EchoHandler.class)).isEmpty();
	}

	@Test
	void annotatedClassIsExportedUnderTheNameOfTheIdl() {
		assertThat(discover(AnnotatedHandler.class)).singleElement().satisfies((service) -> {
			assertThat(service.name()).isEqualTo("EchoService");
			assertThat(service.handler()).isInstanceOf(AnnotatedHandler.class);
			assertThat(service.descriptor().iface()).isEqualTo(EchoService.Iface.class);
			assertThat(service.executor()).isEmpty();
		});
	}

	@Test
	void beanMethodsExportOneClassUnderSeveralNames() {
		assertThat(discover(BeanMethods.class)).extracting(ServiceBean::name, ServiceBean::beanName)
			.containsExactlyInAnyOrder(tuple("First", "first"), tuple("Second", "second"));
	}

	@Test
	void executorIsTakenFromTheAnnotation() {
		assertThat(discover(NamedHandler.class)).extracting(ServiceBean::name, ServiceBean::executor)
			.containsExactly(tuple("Echo", "echoExecutor"));
	}

	@Test
	void everyServiceOfABeanIsExported() {
		assertThat(discover(TwoServicesHandler.class)).extracting(ServiceBean::name)
			.containsExactlyInAnyOrder("EchoService", "OtherService");
	}

	@Test
	void asyncHandlerIsExported() {
		assertThat(discover(AsyncHandler.class)).extracting(ServiceBean::name).containsExactly("BaseService");
	}

	@Test
	void handlerBehindInterfaceProxyIsCalledThroughIt() {
		assertThat(discover(InterfaceProxy.class)).singleElement().satisfies((service) -> {
			assertThat(service.name()).isEqualTo("EchoService");
			assertThat(AopUtils.isJdkDynamicProxy(service.handler())).isTrue();
		});
	}

	@Test
	void handlerBehindClassProxyIsCalledThroughIt() {
		assertThat(discover(ClassProxy.class)).singleElement().satisfies((service) -> {
			assertThat(service.name()).isEqualTo("EchoService");
			assertThat(AopUtils.isCglibProxy(service.handler())).isTrue();
		});
	}

	@Test
	void scopedHandlerIsExportedOnceAndCalledThroughItsProxy() {
		assertThat(discover(ScopedHandler.class)).singleElement().satisfies((service) -> {
			assertThat(service.beanName()).isEqualTo("thriftServiceDiscovererTests.ScopedHandler");
			assertThat(AopUtils.isAopProxy(service.handler())).isTrue();
		});
	}

	@Test
	void scopedBeanMethodIsExportedOnceAndCalledThroughItsProxy() {
		assertThat(discover(ScopedBeanMethod.class)).singleElement().satisfies((service) -> {
			assertThat(service.name()).isEqualTo("Scoped");
			assertThat(service.beanName()).isEqualTo("scopedHandler");
			assertThat(AopUtils.isAopProxy(service.handler())).isTrue();
		});
	}

	@Test
	void twoBeansForOneServiceAreNamed() {
		ThriftServerStartException failure = failure(AnnotatedHandler.class, BeanNamedLikeService.class);
		assertThat(failure.description()).contains("'EchoService'", "'thriftServiceDiscovererTests.AnnotatedHandler'",
				"'renamed'", "exported twice");
		assertThat(failure.action()).contains("Remove one", "@ThriftServer(name");
	}

	@Test
	void beanWithoutServiceIsNamed() {
		ThriftServerStartException failure = failure(NoService.class);
		assertThat(failure.description()).contains("'thriftServiceDiscovererTests.NoService'",
				NoService.class.getName(), "implements no Thrift service");
		assertThat(failure.action()).contains("Iface", "remove @ThriftServer");
	}

	@Test
	void nameForSeveralServicesIsRefused() {
		ThriftServerStartException failure = failure(NamedTwoServicesHandler.class);
		assertThat(failure.description()).contains("'thriftServiceDiscovererTests.NamedTwoServicesHandler'", "\"Both\"",
				"EchoService", "OtherService");
		assertThat(failure.action()).contains("Remove the name");
	}

	@Test
	void nameThatCannotBeSentIsRefused() {
		ThriftServerStartException failure = failure(WronglyNamedHandler.class);
		assertThat(failure.description()).contains("'thriftServiceDiscovererTests.WronglyNamedHandler'", "\"a:b\"");
		assertThat(failure.action()).contains("without colons, commas");
	}

	@Test
	void synchronousAndAsynchronousHandlerInOneIsRefused() {
		ThriftServerStartException failure = failure(SyncAndAsyncHandler.class);
		assertThat(failure.description()).contains("'thriftServiceDiscovererTests.SyncAndAsyncHandler'",
				"both Iface and AsyncIface", "BaseService");
		assertThat(failure.action()).contains("only one of them");
	}

	@Test
	void proxyWithoutTheInterfaceIsRefused() {
		ThriftServerStartException failure = failure(WrongProxy.class);
		assertThat(failure.description()).contains("'proxied'", "proxy", "EchoService");
		assertThat(failure.action()).contains(EchoService.Iface.class.getName());
	}

	@ThriftServer
	static class AnnotatedHandler extends EchoHandler {

	}

	@ThriftServer(name = "Echo", executor = "echoExecutor")
	static class NamedHandler extends EchoHandler {

	}

	@ThriftServer(name = "a:b")
	static class WronglyNamedHandler extends EchoHandler {

	}

	@ThriftServer
	static class TwoServicesHandler extends EchoHandler implements OtherService.Iface {

		@Override
		public String upper(String text) {
			return text;
		}

	}

	@ThriftServer(name = "Both")
	static class NamedTwoServicesHandler extends TwoServicesHandler {

	}

	@ThriftServer
	static class AsyncHandler implements BaseService.AsyncIface {

		@Override
		public void whoAmI(AsyncMethodCallback<String> callback) {
			callback.onComplete("async");
		}

	}

	@ThriftServer
	static class SyncAndAsyncHandler extends AsyncHandler implements BaseService.Iface {

		@Override
		public String whoAmI() {
			return "sync";
		}

	}

	@ThriftServer
	static class NoService {

	}

	@ThriftServer
	@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
	static class ScopedHandler extends EchoHandler {

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedBeanMethod {

		@Bean
		@ThriftServer(name = "Scoped")
		@Scope(scopeName = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		EchoHandler scopedHandler() {
			return new EchoHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanMethods {

		@Bean
		@ThriftServer(name = "First")
		AnnotatedHandler first() {
			return new AnnotatedHandler();
		}

		@Bean
		@ThriftServer(name = "Second")
		AnnotatedHandler second() {
			return new AnnotatedHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BeanNamedLikeService {

		@Bean
		@ThriftServer(name = "EchoService")
		OtherHandler renamed() {
			return new OtherHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxy {

		@Bean
		@ThriftServer
		EchoService.Iface proxied() {
			return (EchoService.Iface) new ProxyFactory(new EchoHandler()).getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxy {

		@Bean
		@ThriftServer
		EchoHandler proxied() {
			ProxyFactory factory = new ProxyFactory(new EchoHandler());
			factory.setProxyTargetClass(true);
			return (EchoHandler) factory.getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrongProxy {

		@Bean
		@ThriftServer
		Object proxied() {
			ProxyFactory factory = new ProxyFactory();
			factory.setInterfaces(Runnable.class);
			factory.setTarget(new EchoHandler());
			return factory.getProxy();
		}

	}

}
