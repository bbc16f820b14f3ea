package io.github.thriftboot.server.eureka;

import io.github.thriftboot.netty.test.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

	@Test
	void knowsNeitherClientNorNetty() {
		ModuleRules.check("io.github.thriftboot.server.eureka", "io.github.thriftboot.client..",
				"io.github.thriftboot.netty.client..", "io.netty..");
	}

}
