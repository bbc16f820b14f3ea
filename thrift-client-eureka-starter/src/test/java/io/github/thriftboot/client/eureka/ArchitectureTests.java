package io.github.thriftboot.client.eureka;

import io.github.thriftboot.netty.test.ModuleRules;
import org.junit.jupiter.api.Test;

class ArchitectureTests {

	@Test
	void knowsNeitherServerNorNetty() {
		ModuleRules.check("io.github.thriftboot.client.eureka", "io.github.thriftboot.server..",
				"io.github.thriftboot.netty.server..", "io.netty..");
	}

}
