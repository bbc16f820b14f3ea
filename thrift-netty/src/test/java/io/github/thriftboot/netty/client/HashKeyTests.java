package io.github.thriftboot.netty.client;

import java.util.Map;

import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.Packet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HashKey}.
 */
class HashKeyTests {

	private static final ThriftMethod ADD = TestRuntime.ECHO.method("add");

	private static final ThriftMethod ECHO = TestRuntime.ECHO.method("echo");

	private static final ThriftMethod NOTHING = TestRuntime.ECHO.method("nothing");

	@Test
	void argumentIsTheKey() {
		assertThat(HashKey.argument(0).of(ADD, ADD.args(40, 2), Map.of())).isEqualTo(40);
		assertThat(HashKey.argument(1).of(ADD, ADD.args(40, 2), Map.of())).isEqualTo(2);
		assertThat(HashKey.argument(0).of(ECHO, ECHO.args(new Packet().setNonce(7)), Map.of()))
			.isEqualTo(new Packet().setNonce(7));
	}

	@Test
	void argumentThatIsMissingIsNoKey() {
		assertThat(HashKey.argument(2).of(ADD, ADD.args(40, 2), Map.of())).isNull();
		assertThat(HashKey.argument(0).of(NOTHING, NOTHING.args(), Map.of())).isNull();
		assertThat(HashKey.argument(0).of(ECHO, ECHO.args((Object) null), Map.of())).isNull();
	}

	@Test
	void headerIsTheKey() {
		assertThat(HashKey.header("user").of(ADD, ADD.args(1, 2), Map.of("user", "bob"))).isEqualTo("bob");
		assertThat(HashKey.header("user").of(ADD, ADD.args(1, 2), Map.of("tenant", "x"))).isNull();
	}

	@Test
	void negativePositionIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> HashKey.argument(-1))
			.withMessage("position: -1 (expected: >= 0)");
	}

}
