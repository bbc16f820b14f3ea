package io.github.thriftboot.client;

import io.github.thriftboot.netty.test.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

	@Test
	void knowsNeitherServerNorEureka() {
		ModuleRules.check("io.github.thriftboot.client", "io.github.thriftboot.server..",
				"io.github.thriftboot.netty.server..", "com.netflix..", "org.springframework.cloud.netflix..");
	}

}
