package io.github.thriftboot.netty.test;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ServerProcess}.
 */
class ServerProcessIntegrationTests {

	@TempDir
	Path directory;

	@Test
	void endsWhenItsParentIsGone() throws Exception {
		try (ServerProcess server = ServerProcess.start(0, this.directory.resolve("nonces"))) {
			RawConnection.open(server.port()).close();

			assertThat(server.abandon()).succeedsWithin(Duration.ofSeconds(20));
		}
	}

}
