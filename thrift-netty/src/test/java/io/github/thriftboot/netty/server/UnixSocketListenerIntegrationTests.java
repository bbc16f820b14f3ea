package io.github.thriftboot.netty.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.TestRuntime;
import io.github.thriftboot.netty.transport.UnixSockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link UnixSocketListener}: what becomes of the file.
 */
@Timeout(60)
class UnixSocketListenerIntegrationTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	@RegisterExtension
	final TestRuntime runtime = new TestRuntime();

	@TempDir
	private Path directory;

	private static ThriftServer.Builder server(Path path) {
		return ThriftServer.builder()
			.address(null)
			.unixSocket(path)
			.service(TestRuntime.ECHO.name(), TestRuntime.ECHO, new EchoHandler());
	}

	private Path path() {
		return this.directory.resolve("s");
	}

	private void assertThatCallsArrive(Path path) throws Exception {
		InstanceSource instances = InstanceSource.of(List.of(ThriftInstance.ofUnixSocket(path)));
		assertThat((int) this.runtime.client(this.runtime.pool(), TestRuntime.ECHO, (options) -> {
		}, instances).call("add", 40, 2)).isEqualTo(42);
	}

	private UnixSocketException assertThatBindingFails(Path path) {
		ThriftServer server = server(path).build();
		Throwable failure = assertThat(server.bind()).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.actual()
			.getCause();
		assertThat(server.shutdown(LONG)).succeedsWithin(LONG);
		assertThat(failure).isInstanceOf(UnixSocketException.class);
		return (UnixSocketException) failure;
	}

	@Test
	void fileIsThereWhileTheServerListens() throws Exception {
		assertThat(path()).doesNotExist();
		ThriftServer server = this.runtime.startAsIs(server(path()));
		assertThat(path()).exists();
		assertThat(server.unixSocket()).isEqualTo(path());

		assertThat(server.shutdown(LONG)).succeedsWithin(LONG);

		assertThat(path()).doesNotExist();
	}

	@Test
	void fileOfAProcessThatDiedIsReplaced() throws Exception {
		try (ServerSocketChannel died = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			died.bind(UnixDomainSocketAddress.of(path()));
		}
		assertThat(path()).as("nobody has removed it").exists();

		this.runtime.startAsIs(server(path()));

		assertThatCallsArrive(path());
	}

	@Test
	void socketWhereSomebodyListensIsLeftAlone() throws Exception {
		this.runtime.startAsIs(server(path()));

		UnixSocketException failure = assertThatBindingFails(path());

		assertThat(failure).isInstanceOf(BindException.class).hasMessage("another process listens there");
		assertThat(failure.isInUse()).isTrue();
		assertThatCallsArrive(path());
	}

	@Test
	void socketWhoseOwnerIsTooBusyToAcceptIsLeftAlone() throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path());
		try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			busy.bind(address, 1);
			fill(address);

			assertThat(assertThatBindingFails(path()).isInUse()).isTrue();

			assertThat(path()).exists();
		}
	}

	/**
	 * Connect until there is no room for another connection that nobody accepts.
	 */
	private void fill(UnixDomainSocketAddress address) throws IOException {
		for (boolean room = true; room;) {
			SocketChannel connection = this.runtime.closing(SocketChannel.open(StandardProtocolFamily.UNIX));
			connection.configureBlocking(false);
			try {
				room = connection.connect(address);
			}
			catch (IOException ex) {
				room = false;
			}
		}
	}

	@Test
	void whatIsNoSocketIsLeftAlone() throws Exception {
		Path file = Files.writeString(this.directory.resolve("file"), "precious");
		Path folder = Files.createDirectory(this.directory.resolve("folder"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), this.directory.resolve("nowhere"));

		for (Path path : List.of(file, folder, link)) {
			UnixSocketException failure = assertThatBindingFails(path);
			assertThat(failure).hasMessageContaining("no socket");
			assertThat(failure.isInUse()).isFalse();
		}

		assertThat(file).hasContent("precious");
		assertThat(folder).isDirectory();
		assertThat(Files.isSymbolicLink(link)).isTrue();
	}

	@Test
	void directoryThatIsMissingIsNamedAndNotMade() {
		Path missing = this.directory.resolve("missing");

		assertThat(assertThatBindingFails(missing.resolve("s"))).hasMessage("there is no directory " + missing);

		assertThat(missing).doesNotExist();
	}

	@Test
	void fileThatIsNotOursAnyMoreIsLeftAlone() throws Exception {
		ThriftServer first = this.runtime.startAsIs(server(path()));
		Files.delete(path());
		this.runtime.startAsIs(server(path()));

		assertThat(first.shutdown(LONG)).succeedsWithin(LONG);

		assertThatCallsArrive(path());
	}

	@Test
	void portInUseLeavesNoFileBehind() {
		ThriftServer other = this.runtime.start(new EchoHandler());
		ThriftServer server = server(path())
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), other.port()))
			.build();

		assertThat(server.bind()).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.satisfies((failure) -> assertThat(failure.getCause()).isInstanceOf(BindException.class)
				.isNotInstanceOf(UnixSocketException.class));
		assertThat(server.shutdown(LONG)).succeedsWithin(LONG);

		assertThat(path()).doesNotExist();
	}

	@Test
	void socketInUseLeavesNoPortOpen() {
		this.runtime.startAsIs(server(path()));
		ThriftServer server = server(path()).address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.build();

		CompletableFuture<?> bound = server.bind();

		assertThat(bound).failsWithin(LONG)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(UnixSocketException.class);
		int port = server.port();
		assertThat(server.shutdown(LONG)).succeedsWithin(LONG);
		this.runtime.startOn(port, ThriftServer.builder());
		assertThat(path()).exists();
	}

	@Test
	void longestPathIsUsedAndALongerOneRefused() throws Exception {
		String directory = this.directory + "/";
		String name = "x".repeat(UnixSockets.MAX_PATH_BYTES - directory.length());
		Path longest = Path.of(directory + name);
		this.runtime.startAsIs(server(longest));

		assertThatCallsArrive(longest);
		assertThatIllegalArgumentException().isThrownBy(() -> server(Path.of(directory + name + "x")))
			.withMessageContaining("unixSocket: '" + directory)
			.withMessageContaining("103 bytes (expected: at most 102");
	}

	@Test
	void relativePathAndNoPlaceAtAllAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> server(Path.of("run/s")))
			.withMessage("unixSocket: 'run/s' (expected: an absolute path)");
		assertThatIllegalArgumentException().isThrownBy(() -> ThriftServer.builder().address(null).build())
			.withMessageContaining("address: null (expected: ");
		assertThat(Files.exists(Path.of("run/s"), LinkOption.NOFOLLOW_LINKS)).isFalse();
	}

}
