package io.github.thriftboot.netty.interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import org.apache.thrift.protocol.TMessage;

/**
 * Structs that claim more than they hold, for the one field of a call or of a result.
 */
final class HostileBodies {

	private static final int[] COUNTS = { Integer.MAX_VALUE, 1 << 30, -1 };

	private HostileBodies() {
	}

	/**
	 * Return bodies.
	 * @param protocol the protocol
	 * @param field the id of the field that the reader knows: 1 in arguments, 0 in
	 * results
	 * @return methods and bodies
	 */
	static List<Body> of(ThriftProtocol protocol, int field) {
		List<Body> bodies = new ArrayList<>();
		for (int count : COUNTS) {
			switch (protocol) {
				case BINARY, OLD_BINARY ->
					addBinary(bodies, String.format("%04x", field), String.format("%08x", count));
				case COMPACT ->
					addCompact(bodies, String.format("%02x", 2 * field), HexFormat.of().formatHex(Wire.varint(count)));
				case JSON -> addJson(bodies, field, count);
			}
		}
		for (int depth : new int[] { 65, 1_000, 100_000 }) {
			bodies.add(new Body("echoTree", tree(protocol, field, depth)));
		}
		String endless = "f".repeat(200);
		switch (protocol) {
			case BINARY, OLD_BINARY -> {
				bodies.add(body("echoList", String.format("0f%04x 63 00000001", field)));
				// lists of lists, each of which could be as large as the rest
				bodies.add(body("echo", String.format("0c%04x 0f000e ", field) + "0d00000100".repeat(50)));
				bodies.add(body("echoInt", "0f0063 " + "0f00000100".repeat(200)));
			}
			case COMPACT -> {
				bodies.add(body("echoInt", String.format("05%02x ", 2 * field) + endless));
				bodies.add(body("echoString", String.format("08%02x ", 2 * field) + endless));
				bodies.add(body("echoList", String.format("09%02x f5 ", 2 * field) + endless));
				bodies.add(body("echoInt", "05 " + endless));
				bodies.add(body("echoInt", "09c601 " + "f9ff01".repeat(200)));
			}
			case JSON -> bodies.add(text("echoInt", "{\"" + field + "\":{\"i32\":" + "9".repeat(5_000) + "}}"));
		}
		return bodies;
	}

	private static void addBinary(List<Body> bodies, String field, String count) {
		for (String unknown : new String[] { field, "0063" }) {
			bodies.add(body("echoList", "0f" + unknown + "08" + count));
			bodies.add(body("echoSet", "0e" + unknown + "0b" + count));
			bodies.add(body("echoMap", "0d" + unknown + "0b0a" + count));
			bodies.add(body("echoString", "0b" + unknown + count));
			bodies.add(body("echoBinary", "0b" + unknown + count));
		}
		bodies.add(body("missing", "0f" + field + "08" + count));
		bodies.add(body("echo", "0c" + field + "0f000e 0d00000001 080e" + count));
		bodies.add(body("echo", "0c" + field + "0f0017 0b00000001" + count));
		bodies.add(body("echoUuids", "0c" + field + "0f0002 10" + count));
	}

	private static void addCompact(List<Body> bodies, String field, String count) {
		for (String unknown : new String[] { field, "c601" }) {
			bodies.add(body("echoList", "09" + unknown + "f5" + count));
			bodies.add(body("echoSet", "0a" + unknown + "f8" + count));
			bodies.add(body("echoMap", "0b" + unknown + count + "86"));
			bodies.add(body("echoString", "08" + unknown + count));
			bodies.add(body("echoBinary", "08" + unknown + count));
		}
		bodies.add(body("missing", "09" + field + "f5" + count));
		bodies.add(body("echo", "0c" + field + "091c 1b 01 5a 00 f8" + count));
		bodies.add(body("echoUuids", "0c" + field + "0904 fd" + count));
	}

	private static void addJson(List<Body> bodies, int field, int count) {
		for (int unknown : new int[] { field, 99 }) {
			bodies.add(text("echoList", "{\"" + unknown + "\":{\"lst\":[\"i32\"," + count + ",1]}}"));
			bodies.add(text("echoSet", "{\"" + unknown + "\":{\"set\":[\"str\"," + count + ",\"a\"]}}"));
			bodies.add(text("echoMap", "{\"" + unknown + "\":{\"map\":[\"str\",\"i64\"," + count + ",{\"a\":1}]}}"));
			bodies.add(text("echoList", "{\"" + unknown + "\":{\"what\":[]}}"));
		}
		bodies.add(text("missing", "{\"" + field + "\":{\"lst\":[\"i32\"," + count + ",1]}}"));
		bodies.add(text("echo", "{\"" + field + "\":{\"rec\":{\"14\":{\"lst\":[\"map\"," + count + ",[]]}}}}"));
	}

	private static byte[] tree(ThriftProtocol protocol, int field, int depth) {
		return switch (protocol) {
			case BINARY, OLD_BINARY ->
				parse(String.format("0c%04x", field) + "0f00020c00000001".repeat(depth - 1) + "00".repeat(depth + 1));
			case COMPACT ->
				parse(String.format("0c%02x", 2 * field) + "291c".repeat(depth - 1) + "00".repeat(depth + 1));
			case JSON -> text("", "{\"" + field + "\":{\"rec\":" + "{\"2\":{\"lst\":[\"rec\",1,".repeat(depth - 1)
					+ "{}" + "]}}".repeat(depth - 1) + "}}")
				.bytes();
		};
	}

	private static Body body(String method, String hex) {
		return new Body(method, parse(hex));
	}

	private static Body text(String method, String json) {
		return new Body(method, json.getBytes(StandardCharsets.US_ASCII));
	}

	private static byte[] parse(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	/**
	 * A body.
	 *
	 * @param method the method to send it to
	 * @param bytes the struct
	 */
	record Body(String method, byte[] bytes) {

		/**
		 * Put the body behind the head of a message.
		 * @param protocol the protocol
		 * @param head the head
		 * @return the message without length and envelope
		 */
		byte[] message(ThriftProtocol protocol, TMessage head) {
			byte[] start = Wire.encode(protocol, (out) -> out.writeMessageBegin(head));
			return (protocol == ThriftProtocol.JSON)
					? Wire.join(start, new byte[] { ',' }, this.bytes, new byte[] { ']' })
					: Wire.join(start, this.bytes);
		}

		@Override
		public String toString() {
			String hex = HexFormat.of().formatHex(this.bytes, 0, Math.min(this.bytes.length, 60));
			return this.method + " " + hex + " of " + this.bytes.length;
		}

	}

}
