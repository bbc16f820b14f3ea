package io.github.thriftboot.benchmarks.armeria;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

import com.linecorp.armeria.common.util.Version;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.thrift.THttpService;
import io.github.thriftboot.benchmarks.BenchmarkClient;
import io.github.thriftboot.benchmarks.BenchmarkServer;
import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.Versions;
import io.netty.channel.Channel;
import org.apache.thrift.TBase;

/**
 * Armeria with its defaults: Thrift in the bodies of HTTP/2 requests. Handlers are
 * asynchronous, so that they run on the event loop, which is fastest.
 */
public final class ArmeriaSystem implements BenchmarkSystem, BenchmarkSystemProvider {

	static final String PATH = "/echo";

	@Override
	public List<BenchmarkSystem> systems() {
		return List.of(this);
	}

	@Override
	public String name() {
		return "armeria";
	}

	@Override
	public String description() {
		return "Armeria " + Version.get("armeria", Server.class.getClassLoader()).artifactVersion() + ", "
				+ Versions.of("Netty", Channel.class) + ", " + Versions.of("libthrift", TBase.class)
				+ ": Thrift over HTTP/2; asynchronous handlers on the event loop";
	}

	@Override
	public boolean asynchronous() {
		return true;
	}

	@Override
	public BenchmarkServer startServer(HandlerLoad load) {
		Server server = Server.builder()
			.http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.service(PATH, THttpService.of(new ArmeriaEchoHandler()))
			.build();
		server.start().join();
		return new BenchmarkServer() {

			@Override
			public int port() {
				return server.activeLocalPort();
			}

			@Override
			public void close() {
				// its event loops take two seconds to end, which nobody has to wait for
				server.stop();
			}

		};
	}

	@Override
	public BenchmarkClient connect(int port, int connections) {
		return new ArmeriaClient(port, connections);
	}

}
