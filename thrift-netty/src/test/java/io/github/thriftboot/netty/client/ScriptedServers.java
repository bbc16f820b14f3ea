package io.github.thriftboot.netty.client;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.test.RawConnection;
import io.github.thriftboot.netty.test.RawMessage;
import io.github.thriftboot.netty.test.RawServer;
import io.github.thriftboot.netty.test.TestClient;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.test.EchoService;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessageType;

/**
 * Servers that answer {@code add} with their number, at once or when a test says so, and
 * the requests that they got.
 */
final class ScriptedServers {

	private final TestRuntime runtime;

	private final CountDownLatch released = new CountDownLatch(1);

	private final Map<Integer, Integer> requests = new ConcurrentHashMap<>();

	ScriptedServers(TestRuntime runtime) {
		this.runtime = runtime;
	}

	/**
	 * Start a server that answers at once.
	 */
	int answering(int number) {
		return start(number, (request) -> request.reply(new EchoService.add_result(number)));
	}

	/**
	 * Start a server that answers nothing before {@link #release()}.
	 */
	int silent(int number) {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				count(number, request);
				Thread answering = new Thread(() -> answerLater(connection, request, number));
				answering.setDaemon(true);
				answering.start();
			}
		});
		return server.port();
	}

	/**
	 * Count a request, unless it only asks for a sign of life.
	 */
	private void count(int number, RawMessage request) {
		if (!request.isPing()) {
			this.requests.merge(number, 1, Integer::sum);
		}
	}

	private void answerLater(RawConnection connection, RawMessage request, int number) {
		try {
			awaitRelease();
			synchronized (connection) {
				connection.send(request.reply(new EchoService.add_result(number)));
			}
		}
		catch (IOException | InterruptedException ex) {
			// closed meanwhile
		}
	}

	/**
	 * Start a server that answers with an error of its own.
	 */
	int broken(int number) {
		return failing(number, TApplicationException.INTERNAL_ERROR, "broken");
	}

	/**
	 * Start a server that takes no call.
	 */
	int overloaded(int number) {
		return failing(number, RemoteApplicationException.NOT_PROCESSED, "not processed: overloaded");
	}

	private int failing(int number, int type, String message) {
		return start(number, (request) -> RawMessage.of(request.envelope(), TMessageType.EXCEPTION, "add", request.id(),
				new TApplicationException(type, message)));
	}

	/**
	 * Start a server.
	 * @param number its number
	 * @param script what it answers
	 * @return its port
	 */
	int start(int number, Script script) {
		RawServer server = this.runtime.start((connection) -> {
			while (true) {
				RawMessage request = connection.receive();
				count(number, request);
				connection.send(script.answer(request));
			}
		});
		return server.port();
	}

	/**
	 * Wait for {@link #release()}.
	 */
	void awaitRelease() throws InterruptedException {
		this.released.await();
	}

	/**
	 * Let the silent servers answer.
	 */
	void release() {
		this.released.countDown();
	}

	/**
	 * Return how many requests a server got.
	 */
	int requests(int number) {
		return this.requests.getOrDefault(number, 0);
	}

	int requests() {
		return this.requests.values().stream().mapToInt(Integer::intValue).sum();
	}

	/**
	 * Make a client whose calls go to the servers in this order.
	 */
	TestClient client(int... ports) {
		return this.runtime
			.client((options) -> options.balancing((balancing) -> balancing.loadBalancer(new FirstUntried())), ports);
	}

	/**
	 * What a server answers.
	 */
	@FunctionalInterface
	interface Script {

		RawMessage answer(RawMessage request) throws Exception;

	}

}
