package io.github.thriftboot.client.eureka;

import java.util.Map;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cloud.netflix.eureka.server.EnableEurekaServer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

/**
 * A real Eureka server in this process, and what others tell and ask it over HTTP.
 */
final class TestEureka implements AutoCloseable {

	private static final String APPLICATION = "ECHO-APP";

	private final String url;

	private final ConfigurableApplicationContext context;

	/**
	 * Start a server that knows nobody.
	 * @param port its port
	 */
	TestEureka(int port) {
		this.url = url(port);
		this.context = new SpringApplicationBuilder(Server.class).run("--server.port=" + port,
				"--eureka.instance.hostname=localhost", "--eureka.client.service-url.defaultZone=" + this.url,
				"--eureka.client.register-with-eureka=false", "--eureka.client.fetch-registry=false",
				"--eureka.server.enable-self-preservation=false", "--eureka.server.use-read-only-response-cache=false",
				// an answer made while somebody registers is kept without that
				// registration
				"--eureka.server.response-cache-auto-expiration-in-seconds=1", "--thrift.client.enabled=false");
	}

	/**
	 * Return where a server is, or will be.
	 * @param port its port
	 * @return the URL for clients of Eureka
	 */
	static String url(int port) {
		return "http://localhost:" + port + "/eureka/";
	}

	/**
	 * Register an instance, as another language would do it.
	 * @param id the id of the instance
	 * @param metadata its metadata
	 */
	void register(String id, Map<String, String> metadata) {
		Map<String, Object> instance = Map.of("instanceId", id, "hostName", "localhost", "app", APPLICATION, "ipAddr",
				"127.0.0.1", "vipAddress", "echo-app", "status", "UP", "port", Map.of("$", 8080, "@enabled", "true"),
				"dataCenterInfo",
				Map.of("@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name", "MyOwn"), "metadata",
				metadata);
		RestClient.create(this.url)
			.post()
			.uri("apps/" + APPLICATION)
			.contentType(MediaType.APPLICATION_JSON)
			.body(Map.of("instance", instance))
			.retrieve()
			.toBodilessEntity();
	}

	/**
	 * Take an instance out, if it is in.
	 * @param id the id of the instance
	 */
	void deregister(String id) {
		try {
			RestClient.create(this.url).delete().uri("apps/" + APPLICATION + "/{id}", id).retrieve().toBodilessEntity();
		}
		catch (HttpClientErrorException.NotFound ex) {
			// it is out
		}
	}

	/**
	 * Ask for an application.
	 * @param name its name
	 * @return its registration as JSON, or an empty text if there is none
	 */
	String application(String name) {
		try {
			return RestClient.create(this.url)
				.get()
				.uri("apps/{name}", name)
				.accept(MediaType.APPLICATION_JSON)
				.retrieve()
				.body(String.class);
		}
		catch (HttpClientErrorException.NotFound ex) {
			return "";
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableEurekaServer
	static class Server {

	}

}
