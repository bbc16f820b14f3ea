package io.github.thriftboot.netty.server;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftServiceDescriptor;
import io.github.thriftboot.netty.server.ServiceRouter.ExportedService;
import io.github.thriftboot.netty.server.ServiceRouter.Route;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.test.BaseService;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.OtherService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ServiceRouter}.
 */
class ServiceRouterTests {

	private static final ExportedService BASE = export("BaseService", BaseService.class);

	private static final ExportedService ECHO = export("EchoService", EchoService.class);

	private static final ExportedService OTHER = export("OtherService", OtherService.class);

	@Test
	void prefixedNameLeadsToTheServiceOfThePrefix() {
		ServiceRouter router = router(null, BASE, ECHO, OTHER);

		assertThat(service(router, "EchoService:add")).isEqualTo("EchoService");
		assertThat(service(router, "EchoService:whoAmI")).isEqualTo("EchoService");
		assertThat(service(router, "OtherService:whoAmI")).isEqualTo("OtherService");
		assertThat(service(router, "BaseService:whoAmI")).isEqualTo("BaseService");
	}

	@Test
	void prefixIsTheExportedNameNotThatOfTheIdl() {
		ServiceRouter router = router(null, export("echo-v2", EchoService.class));

		assertThat(service(router, "echo-v2:add")).isEqualTo("echo-v2");
		assertThat(router.find("EchoService:add")).isNull();
	}

	@Test
	void bareNameLeadsToTheOnlyService() {
		assertThat(service(router(null, ECHO), "add")).isEqualTo("EchoService");
		assertThat(service(router(null, ECHO), "whoAmI")).isEqualTo("EchoService");
	}

	@Test
	void bareNameLeadsToTheOnlyServiceThatHasTheMethod() {
		ServiceRouter router = router(null, ECHO, OTHER);

		assertThat(service(router, "add")).isEqualTo("EchoService");
		assertThat(service(router, "upper")).isEqualTo("OtherService");
	}

	@Test
	void bareNameLeadsToTheDefaultServiceFirst() {
		ServiceRouter router = router("EchoService", BASE, ECHO, OTHER);

		assertThat(service(router, "whoAmI")).isEqualTo("EchoService");
		assertThat(service(router, "upper")).as("what the default service does not have").isEqualTo("OtherService");
	}

	@Test
	void bareNameOfAnInheritedMethodLeadsToTheServiceThatDeclaresIt() {
		assertThat(service(router(null, ECHO, BASE), "whoAmI")).isEqualTo("BaseService");
		assertThat(service(router(null, BASE, ECHO), "whoAmI")).isEqualTo("BaseService");
	}

	@Test
	void bareNameOfAMethodThatServicesHaveIndependentlyOfEachOtherIsAmbiguous() {
		ServiceRouter router = router(null, ECHO, OTHER);

		assertThat(router.find("whoAmI")).as("EchoService inherits another method than OtherService declares").isNull();
		assertThat(router.explainUnknown("whoAmI")).contains("Ambiguous", "whoAmI", "EchoService", "OtherService");
	}

	@Test
	void bareNameThatSeveralServicesDeclareOrInheritIsAmbiguous() {
		assertThat(router(null, BASE, OTHER).find("whoAmI")).isNull();
		assertThat(router(null, ECHO, export("Echo2", EchoService.class)).find("whoAmI")).isNull();
		assertThat(router(null, ECHO, export("Echo2", EchoService.class)).find("add")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ":", ":add", "EchoService:", "EchoService", "EchoServiceadd", "echoservice:add",
			"EchoService:Add", "EchoService::add", "EchoService:EchoService:add", "Missing:add", "missing" })
	void anyOtherNameLeadsNowhere(String name) {
		assertThat(router("EchoService", ECHO, OTHER).find(name)).isNull();
	}

	@Test
	void explanationNamesWhatIsExported() {
		ServiceRouter router = router(null, ECHO, OTHER);

		assertThat(router.explainUnknown("Missing:add"))
			.isEqualTo("Unknown service 'Missing' (exported: EchoService, OtherService)");
		assertThat(router.explainUnknown("EchoService:missing")).isEqualTo("Unknown method 'EchoService:missing'");
		assertThat(router.explainUnknown("missing")).isEqualTo("Unknown method 'missing'");
	}

	@Test
	void explanationIsShortAndPrintable() {
		ServiceRouter router = router(null, ECHO);
		String name = "\r\n\u0000".repeat(20_000);

		assertThat(router.explainUnknown(name)).hasSizeLessThan(200).isPrintable();
		assertThat(router.explainUnknown(name + ":" + name)).hasSizeLessThan(200).isPrintable();
	}

	@Test
	void nameThatIsExportedTwiceIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> router(null, ECHO, export("EchoService", EchoService.class)))
			.withMessageContaining("EchoService");
	}

	@Test
	void defaultServiceThatIsNotExportedIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> router("Missing", ECHO))
			.withMessage("defaultService: Missing (expected: one of [EchoService])");
	}

	private static String service(ServiceRouter router, String name) {
		Route route = router.find(name);
		assertThat(route).as(name).isNotNull();
		assertThat(name).endsWith(route.method().name());
		return route.service().name();
	}

	private static ServiceRouter router(String defaultService, ExportedService... services) {
		return new ServiceRouter(Arrays.asList(services), defaultService, Map.of(), null);
	}

	private static ExportedService export(String name, Class<?> service) {
		return new ExportedService(name, ThriftServiceDescriptor.of(service), List.of(new EchoHandler()), null,
				Map.of());
	}

}
