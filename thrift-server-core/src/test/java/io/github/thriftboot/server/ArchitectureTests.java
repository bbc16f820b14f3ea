package io.github.thriftboot.server;

import io.github.thriftboot.netty.test.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

	@Test
	void knowsNeitherClientNorRegistry() {
		ModuleRules.check("io.github.thriftboot.server", "io.github.thriftboot.client..",
				"io.github.thriftboot.netty.client..", "com.netflix..", "org.springframework.cloud..");
	}

}
