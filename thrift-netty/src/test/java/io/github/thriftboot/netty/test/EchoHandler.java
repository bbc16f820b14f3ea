package io.github.thriftboot.netty.test;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import io.github.thriftboot.test.Profile;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TTransportException;

/**
 * The handler of the tests: keeps count of what ran, so that a lost or doubled execution
 * is measured and not inferred.
 */
public class EchoHandler implements EchoService.Iface {

	private final Map<Long, Integer> executions = new ConcurrentHashMap<>();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger waiting = new AtomicInteger();

	private final String name;

	private volatile CountDownLatch gate = new CountDownLatch(0);

	public EchoHandler() {
		this("echo");
	}

	public EchoHandler(String name) {
		this.name = name;
	}

	/**
	 * Return how often each nonce was seen.
	 * @return counts by nonce
	 */
	public Map<Long, Integer> executions() {
		return this.executions;
	}

	/**
	 * Whether a packet was received.
	 * @param packet the packet
	 * @return {@code true} if a method was called with it
	 */
	public boolean hasRun(Packet packet) {
		return this.executions.containsKey(packet.getNonce());
	}

	/**
	 * Let calls of {@code misbehave("wait")} wait until {@link #openGate()}.
	 */
	public void closeGate() {
		this.gate = new CountDownLatch(1);
	}

	public void openGate() {
		this.gate.countDown();
	}

	/**
	 * Return the number of calls that wait at the gate.
	 * @return the number
	 */
	public int waiting() {
		return this.waiting.get();
	}

	private void ran(Packet packet) throws TException {
		this.executions.merge(packet.getNonce(), 1, Integer::sum);
		if (!Packets.isIntact(packet)) {
			throw new TApplicationException(TApplicationException.PROTOCOL_ERROR, "packet is damaged");
		}
	}

	@Override
	public String whoAmI() {
		return this.name;
	}

	@Override
	public Packet echo(Packet packet) throws TException {
		ran(packet);
		return packet;
	}

	@Override
	public Packet echoLater(Packet packet, int millis) throws TException {
		ran(packet);
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new TException(ex);
		}
		return packet;
	}

	@Override
	public int add(int left, int right) {
		return left + right;
	}

	@Override
	public Profile profile(Profile profile) {
		return profile;
	}

	@Override
	public void nothing() {
		this.running.incrementAndGet();
	}

	@Override
	public ByteBuffer blob(int size) {
		return ByteBuffer.wrap(new byte[size]);
	}

	@Override
	public String decline(int code) throws TException {
		if (code != 0) {
			throw new Declined(code, "declined with " + code);
		}
		return "accepted";
	}

	@Override
	public String misbehave(String how) throws TException {
		return switch (how) {
			case "wait" -> waitAtGate();
			case "null" -> null;
			case "runtime" -> throw new IllegalStateException("secret of the server");
			case "error" -> throw new NoClassDefFoundError("secret of the server");
			case "assertion" -> throw new AssertionError("secret of the server");
			case "overflow" -> overflow(0);
			case "memory" -> throw new OutOfMemoryError("secret of the server");
			case "transport" -> throw new TTransportException("secret of the server");
			case "protocol" -> throw new TProtocolException("secret of the server");
			case "nested" ->
				throw new RemoteApplicationException(TApplicationException.UNKNOWN_METHOD, "secret of another server");
			case "undeclared" -> throw new Declined(1, "secret of the server");
			case "message" -> throw new BrokenMessageException();
			case "interrupt" -> throw sneaky(new InterruptedException("secret of the server"));
			default -> misbehaveWithType(how);
		};
	}

	private String misbehaveWithType(String how) throws TException {
		if (how.startsWith("application-")) {
			int type = Integer.parseInt(how.substring("application-".length()));
			throw new TApplicationException(type, "told by the handler");
		}
		return how;
	}

	private String waitAtGate() {
		CountDownLatch closed = this.gate;
		this.waiting.incrementAndGet();
		try {
			closed.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.waiting.decrementAndGet();
		}
		return "waited";
	}

	private static String overflow(int depth) {
		return overflow(depth + 1) + depth;
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> RuntimeException sneaky(Throwable failure) throws E {
		throw (E) failure;
	}

	@Override
	public void note(Packet packet) throws TException {
		ran(packet);
	}

	private static final class BrokenMessageException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new IllegalStateException("even the message fails");
		}

	}

}
