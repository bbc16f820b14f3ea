package io.github.thriftboot.netty.test;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.github.thriftboot.netty.server.ThriftServer;

/**
 * A server of the test service in a process of its own, to be killed. It writes the nonce
 * of each call that it runs to a file, which outlives it. It ends with the process that
 * has started it, however that one ends.
 */
public final class ServerProcess implements AutoCloseable {

	private static final Duration GRACE = Duration.ofSeconds(30);

	private static final String READY = "ready on port ";

	private static final String CLOSED = "server is closed";

	private final Process process;

	private final Path nonces;

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	private final CompletableFuture<Long> closed = new CompletableFuture<>();

	private ServerProcess(Process process, Path nonces) {
		this.process = process;
		this.nonces = nonces;
	}

	/**
	 * Start a server and wait until it accepts connections.
	 * @param port its port, 0 for any free one
	 * @param nonces the file for the nonces
	 * @return the server
	 * @throws IOException if it does not start
	 */
	public static ServerProcess start(int port, Path nonces) throws IOException {
		return start(ServerProcess.class, nonces, String.valueOf(port));
	}

	/**
	 * Start a program that is a server of the test service, and wait until it tells that
	 * it is {@linkplain #tellReady(int) ready}.
	 * @param program the main class, which gets the file for the nonces as its first
	 * argument, and should run {@link #endWithParent()}
	 * @param nonces the file for the nonces
	 * @param arguments its further arguments
	 * @return the server
	 * @throws IOException if it does not start
	 */
	public static ServerProcess start(Class<?> program, Path nonces, String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
				"-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), program.getName(), nonces.toString()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
		ServerProcess server = new ServerProcess(process, nonces);
		Thread reader = new Thread(server::readOutput, "output of " + process.pid());
		reader.setDaemon(true);
		reader.start();
		try {
			server.port.join();
			return server;
		}
		catch (CompletionException ex) {
			server.kill();
			throw new IOException("server process did not start", ex.getCause());
		}
	}

	/**
	 * Read what the process tells, to its end so that it never waits, and pass on the
	 * rest.
	 */
	private void readOutput() {
		try (BufferedReader output = this.process.inputReader()) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.startsWith(READY)) {
					this.port.complete(Integer.parseInt(line.substring(READY.length())));
				}
				else if (line.equals(CLOSED)) {
					this.closed.complete(System.nanoTime());
				}
				else {
					System.out.println(line);
				}
			}
			this.port.completeExceptionally(new IOException("it has ended"));
			this.closed.completeExceptionally(new IOException("it has ended without telling"));
		}
		catch (IOException ex) {
			this.port.completeExceptionally(ex);
			this.closed.completeExceptionally(ex);
		}
	}

	public int port() {
		return this.port.join();
	}

	/**
	 * Return when the process has told that its server is {@linkplain #tellClosed()
	 * closed}.
	 * @return completes with the {@link System#nanoTime()}
	 */
	public CompletableFuture<Long> closed() {
		return this.closed;
	}

	/**
	 * Return the number of calls that ran so far.
	 * @return the number
	 */
	public int executed() {
		return (int) (this.nonces.toFile().length() / Long.BYTES);
	}

	/**
	 * Return the nonces of the calls that ran so far.
	 * @return the nonces in the order in which they ran
	 * @throws IOException if they cannot be read
	 */
	public List<Long> nonces() throws IOException {
		List<Long> result = new ArrayList<>();
		try (DataInputStream in = new DataInputStream(Files.newInputStream(this.nonces))) {
			for (int i = executed(); i > 0; i--) {
				result.add(in.readLong());
			}
		}
		return result;
	}

	/**
	 * Kill the process, as SIGKILL does.
	 */
	public void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	/**
	 * Send the process a signal, such as STOP and CONT.
	 * @param name the name of the signal
	 * @throws IOException if it cannot be sent
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void signal(String name) throws IOException, InterruptedException {
		Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(this.process.pid())).start();
		if (kill.waitFor() != 0) {
			throw new IOException("signal " + name + " could not be sent");
		}
	}

	/**
	 * Close the connection to the process, as the end of this JVM does.
	 * @return completes when the process has ended
	 * @throws IOException if it cannot be closed
	 */
	CompletableFuture<?> abandon() throws IOException {
		this.process.getOutputStream().close();
		return this.process.onExit();
	}

	/**
	 * Ask the process to end, as SIGTERM does.
	 * @return completes with when it has ended, as {@link System#nanoTime()}
	 */
	public CompletableFuture<Long> terminate() {
		// that of the process itself would close its input as well
		this.process.toHandle().destroy();
		return this.process.onExit().thenApply((ended) -> System.nanoTime());
	}

	@Override
	public void close() {
		kill();
	}

	/**
	 * Run the server until the process is killed, or its parent has ended.
	 * @param args the file and the port
	 * @throws IOException if the file cannot be written
	 */
	public static void main(String[] args) throws IOException {
		ThriftServer server = ThriftServer.builder()
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[1])))
			.service("EchoService", TestRuntime.ECHO, new RecordingHandler(Path.of(args[0])))
			.build();
		int port = server.bind().join().getPort();
		server.start();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			server.shutdown(GRACE).join();
			tellClosed();
		}));
		tellReady(port);
		endWithParent();
	}

	/**
	 * Tell the parent that the server of this process reads requests.
	 * @param port its port
	 */
	public static void tellReady(int port) {
		System.out.println(READY + port);
	}

	/**
	 * Tell the parent that the server of this process is closed.
	 */
	public static void tellClosed() {
		System.out.println(CLOSED);
	}

	/**
	 * End this process when its parent has ended. Does not return.
	 * @throws IOException if that cannot be found out
	 */
	public static void endWithParent() throws IOException {
		// nothing is ever written to it: it ends when nobody is left to do so
		System.in.transferTo(OutputStream.nullOutputStream());
		Runtime.getRuntime().halt(1);
	}

}
