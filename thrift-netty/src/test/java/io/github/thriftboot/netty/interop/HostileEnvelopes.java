package io.github.thriftboot.netty.interop;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.github.thriftboot.netty.interop.HostileMessage.Content;
import io.github.thriftboot.netty.interop.HostileMessage.End;
import io.github.thriftboot.netty.protocol.Dialect;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessage;

/**
 * Messages with floods of headers and with bombs of zlib, which only THeader has.
 */
final class HostileEnvelopes {

	private static final byte[] RANDOM = new byte[200_000];

	static {
		new Random(1).nextBytes(RANDOM);
	}

	private final List<HostileMessage> messages = new ArrayList<>();

	private final Dialect dialect;

	private HostileEnvelopes(Dialect dialect) {
		this.dialect = dialect;
	}

	/**
	 * Return messages.
	 * @param dialect a dialect with THeader
	 * @return new messages
	 */
	static List<HostileMessage> of(Dialect dialect) {
		HostileEnvelopes envelopes = new HostileEnvelopes(dialect);
		envelopes.addFloods();
		envelopes.addBombs();
		return envelopes.messages;
	}

	private void addFloods() {
		byte[] many = Wire.bytes(1, 65);
		for (int i = 0; i < 65; i++) {
			many = Wire.join(many, Wire.bytes("k" + i, "v"));
		}
		addFlood("65 headers", many);
		addFlood("2^31-1 headers", Wire.bytes(1, 255, 255, 255, 255, 7));
		addFlood("2^30 headers", Wire.bytes(1, 128, 128, 128, 128, 4));
		addFlood("-1 headers", Wire.bytes(1, 255, 255, 255, 255, 15));
		addFlood("endless number of headers", Wire.bytes(1, 255, 255, 255, 255, 255, 255));
		addFlood("name of 2^31-1 bytes", Wire.bytes(1, 1, 255, 255, 255, 255, 7));
		addFlood("value of -1 bytes", Wire.bytes(1, 1, "k", 255, 255, 255, 255, 15));
		addFlood("value of 9000 bytes", Wire.bytes(1, 1, "k", "v".repeat(9_000)));
		addFlood("one header again and again", repeat(Wire.bytes(1, 1, "k", "v"), 262_000));
		addFlood("nothing but ones", repeat(new byte[] { 1 }, 262_000));
	}

	private void addFlood(String title, byte[] infos) {
		byte[] header = Wire.join(Wire.bytes(this.dialect.protocol().headerId(), 0), infos);
		add(title, TApplicationException.PROTOCOL_ERROR,
				(dialect, head) -> Wire.envelope(head.seqid, Wire.OUT_OF_ORDER, header, message(head)));
	}

	private void addBombs() {
		addBomb("zlib of 2 MB of zeros", new byte[2_000_000]);
		addBomb("zlib of 20 MB of zeros", new byte[20_000_000]);
		// not denser than allowed, but larger
		addBomb("zlib of more than a frame", Wire.join(RANDOM, new byte[16_384_000]));
		add("zlib that is damaged behind the name", TApplicationException.INVALID_TRANSFORM, (dialect, head) -> {
			byte[] payload = Wire.deflate(message(head), RANDOM);
			Arrays.fill(payload, 100_000, 100_100, (byte) -1);
			return compressed(head, payload);
		});
		add("zlib that ends too early", TApplicationException.INVALID_TRANSFORM,
				(dialect, head) -> compressed(head, Arrays.copyOf(Wire.deflate(message(head), RANDOM), 100_000)));
		addNoZlib("zlib that ends before the name", Arrays.copyOf(Wire.deflate(RANDOM), 10));
		addNoZlib("zlib of no zlib", RANDOM);
		addNoZlib("zlib with a dictionary", new byte[] { 0x78, (byte) 0xBB, 1, 2, 3, 4, 5 });
		add("zlib of nothing, again and again", TApplicationException.PROTOCOL_ERROR,
				(dialect, head) -> compressed(head, Wire.join(new byte[] { 0x78, 1 }, emptyBlocks(1_000_000))));
		add("zlib of a name of 1 MB", TApplicationException.PROTOCOL_ERROR, (dialect, head) -> compressed(head,
				Wire.deflate(message(new TMessage("x".repeat(1_000_000), head.type, head.seqid)))));
		add("zlib in zlib", TApplicationException.PROTOCOL_ERROR,
				(dialect, head) -> compressed(head, Wire.deflate(Wire.deflate(message(head)))));
		addTransforms("two transforms", Wire.bytes(2, 1, 1));
		addTransforms("2^31-1 transforms", Wire.bytes(255, 255, 255, 255, 7));
		addTransforms("-1 transforms", Wire.bytes(255, 255, 255, 255, 15));
	}

	private void addBomb(String title, byte[] content) {
		add(title, TApplicationException.INVALID_TRANSFORM,
				(dialect, head) -> compressed(head, Wire.deflate(message(head), content)));
	}

	private void addNoZlib(String title, byte[] payload) {
		add(title, TApplicationException.INVALID_TRANSFORM, (dialect, head) -> compressed(head, payload));
	}

	private void addTransforms(String title, byte[] transforms) {
		byte[] header = Wire.join(Wire.bytes(this.dialect.protocol().headerId()), transforms);
		add(title, TApplicationException.INVALID_TRANSFORM,
				(dialect, head) -> Wire.envelope(head.seqid, Wire.OUT_OF_ORDER, header, Wire.deflate(message(head))));
	}

	private void add(String title, int errorType, Content content) {
		this.messages.add(new HostileMessage(title, "noArguments", errorType, End.FOUND, content));
	}

	private byte[] compressed(TMessage head, byte[] payload) {
		byte[] header = Wire.bytes(this.dialect.protocol().headerId(), 1, 1);
		return Wire.envelope(head.seqid, Wire.OUT_OF_ORDER, header, payload);
	}

	private byte[] message(TMessage head) {
		return Wire.join(Wire.encode(this.dialect.protocol(), (out) -> out.writeMessageBegin(head)), new byte[1]);
	}

	/**
	 * Make blocks of zlib that hold no bytes, which only other blocks may follow.
	 */
	private static byte[] emptyBlocks(int size) {
		return repeat(new byte[] { 0, 0, 0, -1, -1 }, size);
	}

	private static byte[] repeat(byte[] part, int size) {
		byte[] bytes = new byte[size / part.length * part.length];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = part[i % part.length];
		}
		return bytes;
	}

}
