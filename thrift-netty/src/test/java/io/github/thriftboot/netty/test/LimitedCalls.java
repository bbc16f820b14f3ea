package io.github.thriftboot.netty.test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TMessageType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls of an {@link EchoHandler} that take up what a server limits.
 */
public final class LimitedCalls {

	private static final Duration LONG = Duration.ofSeconds(20);

	private LimitedCalls() {
	}

	/**
	 * Make requests that wait at the gate of the handler.
	 * @param count how many
	 * @return the requests, which may be answered in any order
	 */
	public static List<RawMessage> waiting(int count) {
		List<RawMessage> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(RawMessage.call(RawMessage.OUT_OF_ORDER, "misbehave", i, new EchoService.misbehave_args("wait")));
		}
		return calls;
	}

	/**
	 * Send requests that wait at the gate of the handler, in one write.
	 * @param connection where to send them
	 * @param count how many
	 * @throws IOException if the connection is closed
	 */
	public static void sendWaiting(RawConnection connection, int count) throws IOException {
		connection.write(RawMessage.toBytes(waiting(count)));
	}

	/**
	 * Assert that a call was not processed.
	 * @param reply its reply
	 * @param text what the reply has to say
	 * @throws TException if the reply cannot be read
	 */
	public static void assertRejected(RawMessage reply, String text) throws TException {
		assertThat(reply.type()).isEqualTo(TMessageType.EXCEPTION);
		assertThat(reply.readError().getType()).isEqualTo(RemoteApplicationException.NOT_PROCESSED);
		assertThat(reply.readError()).hasMessage(text);
	}

	/**
	 * Wait until a connection is served. A call is counted until just after its reply is
	 * sent.
	 * @param connection the connection, which waits for no other reply
	 */
	public static void assertServed(RawConnection connection) {
		await().atMost(LONG).until(() -> {
			connection.send(RawMessage.call(RawMessage.OUT_OF_ORDER, "add", 99, new EchoService.add_args(40, 2)));
			return connection.receive().type() == TMessageType.REPLY;
		});
	}

}
