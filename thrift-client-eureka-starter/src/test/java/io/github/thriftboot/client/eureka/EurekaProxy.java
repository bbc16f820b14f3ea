package io.github.thriftboot.client.eureka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Stands before a Eureka server and spoils what it answers to those who fetch the
 * registry.
 */
final class EurekaProxy implements AutoCloseable {

	private final int target;

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpClient client = HttpClient.newHttpClient();

	private final AtomicInteger spoiled = new AtomicInteger();

	private volatile Duration delay = Duration.ZERO;

	private volatile String answer;

	/**
	 * Start.
	 * @param target the port of the Eureka server
	 * @throws IOException if there is no port
	 */
	EurekaProxy(int target) throws IOException {
		this.target = target;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/", this::handle);
		this.server.setExecutor(this.threads);
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	/**
	 * Pass everything on from now on.
	 */
	void passOn() {
		this.delay = Duration.ZERO;
		this.answer = null;
	}

	/**
	 * Pass everything on, but later.
	 * @param time how long later
	 */
	void passOnAfter(Duration time) {
		this.delay = time;
	}

	/**
	 * Answer with this instead of the registry.
	 * @param body the answer
	 */
	void answerWith(String body) {
		this.spoiled.set(0);
		this.answer = body;
	}

	/**
	 * Return how many answers were spoiled of late.
	 * @return the number since the answer was set
	 */
	int spoiled() {
		return this.spoiled.get();
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			boolean fetch = exchange.getRequestMethod().equals("GET");
			if (fetch) {
				TimeUnit.NANOSECONDS.sleep(this.delay.toNanos());
			}
			String spoiledAnswer = this.answer;
			if (fetch && spoiledAnswer != null) {
				this.spoiled.incrementAndGet();
				answer(exchange, 200, "application/json", spoiledAnswer.getBytes(StandardCharsets.UTF_8));
			}
			else {
				pass(exchange);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void pass(HttpExchange exchange) throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + this.target + exchange.getRequestURI()))
			.method(exchange.getRequestMethod(),
					HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
		for (String header : new String[] { "Accept", "Content-Type" }) {
			String value = exchange.getRequestHeaders().getFirst(header);
			if (value != null) {
				request.header(header, value);
			}
		}
		HttpResponse<byte[]> response = this.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
		answer(exchange, response.statusCode(), response.headers().firstValue("Content-Type").orElse("text/plain"),
				response.body());
	}

	private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", type);
		exchange.sendResponseHeaders(status, (body.length > 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

}
