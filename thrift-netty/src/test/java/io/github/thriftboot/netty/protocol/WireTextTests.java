package io.github.thriftboot.netty.protocol;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WireText}.
 */
class WireTextTests {

	@Test
	void printableTextStaysAsItIs() {
		assertThat(WireText.printable("")).isEmpty();
		assertThat(WireText.printable("EchoService:echo ~!")).isEqualTo("EchoService:echo ~!");
		assertThat(WireText.printable("x".repeat(80))).isEqualTo("x".repeat(80));
	}

	@Test
	void whatCouldForgeALogLineIsReplaced() {
		assertThat(WireText.printable("a\r\n2026 ERROR \u001b[31m\u0000\u007fü\u202e"))
			.isEqualTo("a??2026 ERROR ?[31m????");
	}

	@Test
	void longTextIsCut() {
		assertThat(WireText.printable("x".repeat(81))).isEqualTo("x".repeat(77) + "...");
		assertThat(WireText.printable("x".repeat(1_000_000))).hasSize(80);
	}

	@Test
	void peerOfAUnixSocketIsNamedWithoutTrustInItsName() {
		InetSocketAddress tcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
		assertThat(WireText.peer(tcp)).isSameAs(tcp);
		assertThat(WireText.peer(UnixDomainSocketAddress.of(""))).isEqualTo("unix");
		assertThat(WireText.peer(UnixDomainSocketAddress.of("/tmp/a\nb"))).isEqualTo("unix:/tmp/a?b");
		assertThat(WireText.peer(null)).isEqualTo("-");
	}

}
