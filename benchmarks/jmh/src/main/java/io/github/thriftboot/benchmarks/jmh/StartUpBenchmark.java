package io.github.thriftboot.benchmarks.jmh;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import io.github.thriftboot.benchmarks.api.EchoService;
import io.github.thriftboot.client.EnableThriftClients;
import io.github.thriftboot.client.ThriftClient;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

/**
 * How long a cold JVM takes to start an application, by the number of clients that it
 * declares: each an interface of its own with a proxy, a breaker and a channel.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(10)
public class StartUpBenchmark {

	private static final String PACKAGE = "declared";

	@Param({ "0", "1", "10", "100" })
	private int clients;

	private Path folder;

	private URLClassLoader classLoader;

	private ConfigurableApplicationContext context;

	/**
	 * Compile the interfaces.
	 * @throws IOException if they cannot be written
	 */
	@Setup
	public void compile() throws IOException {
		this.folder = Files.createTempDirectory("clients");
		Path sources = Files.createDirectory(this.folder.resolve(PACKAGE));
		List<String> arguments = new ArrayList<>(List.of("-d", this.folder.toString(), "-proc:none"));
		// one more than is declared, so that the compiler is loaded in any case
		for (int i = 0; i <= this.clients; i++) {
			boolean declared = i < this.clients;
			String name = "Client" + i;
			Path source = sources.resolve(name + ".java");
			Files.writeString(source,
					"package %s;%n%s public interface %s extends %s.Iface { }%n".formatted(PACKAGE,
							declared ? "@%s(name = \"%s\")".formatted(ThriftClient.class.getName(), name) : "", name,
							EchoService.class.getName()));
			arguments.add(source.toString());
		}
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		if (compiler.run(null, null, null, arguments.toArray(String[]::new)) != 0) {
			throw new IllegalStateException("the clients cannot be compiled");
		}
		this.classLoader = new URLClassLoader(new URL[] { this.folder.toUri().toURL() }, getClass().getClassLoader());
	}

	/**
	 * Start an application.
	 * @return its context
	 */
	@Benchmark
	public ConfigurableApplicationContext start() {
		this.context = new SpringApplicationBuilder(ClientConfiguration.class).web(WebApplicationType.NONE)
			.resourceLoader(new DefaultResourceLoader(this.classLoader))
			.run("--spring.main.banner-mode=off", "--logging.level.root=warn", "--thrift.client.addresses=127.0.0.1:1");
		int declared = this.context.getBeanNamesForType(EchoService.Iface.class).length;
		if (declared != this.clients) {
			throw new IllegalStateException(declared + " clients (expected: " + this.clients + ")");
		}
		return this.context;
	}

	/**
	 * Close the application and delete the interfaces.
	 * @throws IOException if they cannot be deleted
	 */
	@TearDown
	public void close() throws IOException {
		this.context.close();
		this.classLoader.close();
		try (var files = Files.walk(this.folder)) {
			files.sorted((one, other) -> other.compareTo(one)).forEach((path) -> path.toFile().delete());
		}
	}

	@EnableAutoConfiguration
	@EnableThriftClients(basePackages = PACKAGE)
	static class ClientConfiguration {

	}

}
