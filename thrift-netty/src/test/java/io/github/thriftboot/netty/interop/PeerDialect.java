package io.github.thriftboot.netty.interop;

import java.util.List;
import java.util.stream.Stream;

/**
 * One way for two programs to talk.
 *
 * @param transport how messages are wrapped
 * @param protocol how messages are encoded
 * @param multiplexed whether names carry the service
 */
record PeerDialect(String transport, String protocol, boolean multiplexed) {

	static Stream<PeerDialect> of(List<String> transports, List<String> protocols) {
		return transports.stream()
			.flatMap((transport) -> protocols.stream()
				.flatMap((protocol) -> Stream.of(true, false)
					.map((multiplexed) -> new PeerDialect(transport, protocol, multiplexed))));
	}

	String names() {
		return this.multiplexed ? "multiplexed" : "bare";
	}

	@Override
	public String toString() {
		return this.transport + " " + this.protocol + " " + names();
	}

}
