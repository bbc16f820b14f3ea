package io.github.thriftboot.netty.test;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
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

import io.github.thriftboot.netty.server.ThriftServer;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TException;

/**
 * A server of the test service in a process of its own, to be killed. It writes the nonce
 * of each call that it runs to a file, which outlives it. It ends with the process that
 * has started it, however that one ends.
 */
public final class ServerProcess implements AutoCloseable {

	private static final Duration GRACE = Duration.ofSeconds(30);

	private static final String READY = "ready on port ";

	private final Process process;

	private final Path nonces;

	private final int port;

	private ServerProcess(Process process, Path nonces, int port) {
		this.process = process;
		this.nonces = nonces;
		this.port = port;
	}

	/**
	 * Start a server and wait until it accepts connections.
	 * @param port its port, 0 for any free one
	 * @param nonces the file for the nonces
	 * @return the server
	 * @throws IOException if it does not start
	 */
	public static ServerProcess start(int port, Path nonces) throws IOException {
		Process process = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-Xmx64m",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), ServerProcess.class.getName(), String.valueOf(port),
				nonces.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader output = process.inputReader();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			if (line.startsWith(READY)) {
				return new ServerProcess(process, nonces, Integer.parseInt(line.substring(READY.length())));
			}
		}
		process.destroyForcibly();
		throw new IOException("server process did not start");
	}

	public int port() {
		return this.port;
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
	 * @param args the port and the file
	 * @throws IOException if the file cannot be written
	 */
	public static void main(String[] args) throws IOException {
		DataOutputStream nonces = new DataOutputStream(Files.newOutputStream(Path.of(args[1])));
		ThriftServer server = ThriftServer.builder()
			.address(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])))
			.service("EchoService", TestRuntime.ECHO, new RecordingHandler(nonces))
			.build();
		int port = server.bind().join().getPort();
		server.start();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> server.shutdown(GRACE).join()));
		System.out.println(READY + port);
		// nothing is ever written to it: it ends when nobody is left to do so
		System.in.transferTo(OutputStream.nullOutputStream());
		Runtime.getRuntime().halt(1);
	}

	private static final class RecordingHandler extends EchoHandler {

		private final DataOutputStream nonces;

		RecordingHandler(DataOutputStream nonces) {
			this.nonces = nonces;
		}

		@Override
		public Packet echo(Packet packet) throws TException {
			record(packet);
			return packet;
		}

		@Override
		public Packet echoLater(Packet packet, int millis) throws TException {
			record(packet);
			return super.echoLater(packet, millis);
		}

		private void record(Packet packet) throws TException {
			try {
				synchronized (this.nonces) {
					this.nonces.writeLong(packet.getNonce());
				}
			}
			catch (IOException ex) {
				throw new TException(ex);
			}
		}

	}

}
