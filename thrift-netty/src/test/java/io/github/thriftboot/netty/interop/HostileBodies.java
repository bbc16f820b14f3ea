package io.github.thriftboot.netty.interop;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.github.thriftboot.netty.interop.HostileMessage.Content;
import io.github.thriftboot.netty.interop.HostileMessage.End;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.protocol.TMessage;

/**
 * Messages whose structs claim more than they hold.
 */
final class HostileBodies {

	private static final int[] COUNTS = { Integer.MAX_VALUE, 1 << 30, -1 };

	private final List<HostileMessage> messages = new ArrayList<>();

	private HostileBodies() {
	}

	/**
	 * Return messages.
	 * @param protocol the protocol
	 * @param field the id of the field that the reader knows: 1 in arguments and
	 * exceptions, 0 in results
	 * @return new messages
	 */
	static List<HostileMessage> of(ThriftProtocol protocol, int field) {
		HostileBodies bodies = new HostileBodies();
		for (int count : COUNTS) {
			switch (protocol) {
				case BINARY, OLD_BINARY -> bodies.addBinary(String.format("%04x", field), String.format("%08x", count));
				case COMPACT ->
					bodies.addCompact(String.format("%02x", 2 * field), HexFormat.of().formatHex(Wire.varint(count)));
				case JSON -> bodies.addJson(field, count);
			}
		}
		for (int depth : new int[] { 65, 1_000, 100_000 }) {
			bodies.add("echoTree", (depth == 65) ? End.FOUND : End.NONE, "depth " + depth,
					tree(protocol, field, depth));
		}
		bodies.addEndless(protocol, field);
		bodies.add("echoTree", (protocol == ThriftProtocol.JSON) ? End.FOUND : End.TO_COME,
				"60 lists in each other, each nearly as long as the message", lists(protocol, field));
		return bodies.messages;
	}

	private void addBinary(String field, String count) {
		for (String known : new String[] { field, "0063" }) {
			add("echoList", End.NONE, "0f" + known + "08" + count);
			add("echoSet", End.NONE, "0e" + known + "0b" + count);
			add("echoMap", End.NONE, "0d" + known + "0b0a" + count);
			add("echoString", End.NONE, "0b" + known + count);
			add("echoBinary", End.NONE, "0b" + known + count);
			add("echoTree", End.NONE, "0f" + known + "0c" + count);
		}
		add("missing", End.NONE, "0f" + field + "08" + count);
		add("echo", End.NONE, "0c" + field + "0f000e 0d00000001 080e" + count);
		add("echo", End.NONE, "0c" + field + "0f0017 0b00000001" + count);
		add("echoTree", End.NONE, "0c" + field + "0f0002 0c" + count);
		add("echoUuids", End.NONE, "0c" + field + "0f0002 10" + count);
	}

	private void addCompact(String field, String count) {
		for (String known : new String[] { field, "c601" }) {
			add("echoList", End.NONE, "09" + known + "f5" + count);
			add("echoSet", End.NONE, "0a" + known + "f8" + count);
			add("echoMap", End.NONE, "0b" + known + count + "86");
			add("echoString", End.NONE, "08" + known + count);
			add("echoBinary", End.NONE, "08" + known + count);
			add("echoTree", End.NONE, "09" + known + "fc" + count);
		}
		add("missing", End.NONE, "09" + field + "f5" + count);
		add("echo", End.NONE, "0c" + field + "091c 1b 01 5a 00 f8" + count);
		add("echoTree", End.NONE, "0c" + field + "29fc" + count);
		add("echoUuids", End.NONE, "0c" + field + "0904 fd" + count);
	}

	private void addJson(int field, int count) {
		for (int known : new int[] { field, 99 }) {
			addText("echoList", "{\"" + known + "\":{\"lst\":[\"i32\"," + count + ",1]}}");
			addText("echoSet", "{\"" + known + "\":{\"set\":[\"str\"," + count + ",\"a\"]}}");
			addText("echoMap", "{\"" + known + "\":{\"map\":[\"str\",\"i64\"," + count + ",{\"a\":1}]}}");
			addText("echoList", "{\"" + known + "\":{\"what\":[]}}");
		}
		addText("missing", "{\"" + field + "\":{\"lst\":[\"i32\"," + count + ",1]}}");
		addText("echo", "{\"" + field + "\":{\"rec\":{\"14\":{\"lst\":[\"map\"," + count + ",[]]}}}}");
		addText("echoTree", "{\"" + field + "\":{\"rec\":{\"2\":{\"lst\":[\"rec\"," + count + ",{}]}}}}");
		addText("echoUuids", "{\"" + field + "\":{\"rec\":{\"2\":{\"lst\":[\"uid\"," + count + "]}}}}");
	}

	/**
	 * Add numbers without an end, and containers with less in them than they tell.
	 */
	private void addEndless(ThriftProtocol protocol, int field) {
		String endless = "f".repeat(200);
		switch (protocol) {
			case BINARY, OLD_BINARY -> {
				add("echoList", End.NONE, String.format("0f%04x 63 00000001", field));
				add("echo", End.TO_COME,
						String.format("0c%04x 0f000e 0d00000100 080e00000100 00000000 0b00000100 00000100", field));
				add("echoInt", End.TO_COME, "0f0063 " + "0f00000100".repeat(200));
			}
			case COMPACT -> {
				add("echoInt", End.NONE, String.format("05%02x ", 2 * field) + endless);
				add("echoString", End.NONE, String.format("08%02x ", 2 * field) + endless);
				add("echoList", End.NONE, String.format("09%02x f5 ", 2 * field) + endless);
				add("echoInt", End.NONE, "05 " + endless);
				add("echoInt", End.TO_COME, "09c601 " + "f9ff01".repeat(200));
			}
			case JSON -> {
				addText("echoInt", "{\"" + field + "\":{\"i32\":" + "9".repeat(5_000) + "}}");
				addText("echoDouble", "{\"" + field + "\":{\"dbl\":" + "9".repeat(50_000) + "x}}");
			}
		}
	}

	private static byte[] tree(ThriftProtocol protocol, int field, int depth) {
		return switch (protocol) {
			case BINARY, OLD_BINARY ->
				parse(String.format("0c%04x", field) + "0f00020c00000001".repeat(depth - 1) + "00".repeat(depth + 1));
			case COMPACT ->
				parse(String.format("0c%02x", 2 * field) + "291c".repeat(depth - 1) + "00".repeat(depth + 1));
			case JSON -> ("{\"" + field + "\":{\"rec\":" + "{\"2\":{\"lst\":[\"rec\",1,".repeat(depth - 1) + "{}"
					+ "]}}".repeat(depth - 1) + "}}")
				.getBytes(StandardCharsets.US_ASCII);
		};
	}

	/**
	 * Make a tree each of whose lists could be as long as it tells if it were the only
	 * one. Together they would take more memory than there is.
	 */
	private static byte[] lists(ThriftProtocol protocol, int field) {
		int depth = 60;
		byte[] rest = new byte[1_000_000];
		return switch (protocol) {
			case BINARY, OLD_BINARY ->
				Wire.join(parse(String.format("0c%04x", field) + "0f00020c000f4240".repeat(depth)), rest);
			case COMPACT -> Wire.join(parse(String.format("0c%02x", 2 * field) + "29fcc0843d".repeat(depth)), rest);
			case JSON -> ("{\"" + field + "\":{\"rec\":" + "{\"2\":{\"lst\":[\"rec\",900000,".repeat(depth)
					+ "{\"1\":{\"str\":\"" + "x".repeat(2 * rest.length) + "\"}}" + "]}}".repeat(depth) + "}}")
				.getBytes(StandardCharsets.US_ASCII);
		};
	}

	private void add(String method, End end, String hex) {
		add(method, end, (hex.length() < 80) ? hex : hex.substring(0, 80) + "…", parse(hex));
	}

	/**
	 * Add text, the brackets of which tell where it ends.
	 */
	private void addText(String method, String json) {
		add(method, End.FOUND, (json.length() < 80) ? json : json.substring(0, 80) + "…",
				json.getBytes(StandardCharsets.US_ASCII));
	}

	private void add(String method, End end, String title, byte[] struct) {
		int errorType = method.equals("missing") ? TApplicationException.UNKNOWN_METHOD
				: TApplicationException.PROTOCOL_ERROR;
		Content content = (dialect, head) -> Wire.wrap(dialect, head.seqid, message(dialect.protocol(), head, struct));
		this.messages.add(new HostileMessage(title, method, errorType, end, content));
	}

	private static byte[] message(ThriftProtocol protocol, TMessage head, byte[] struct) {
		byte[] start = Wire.encode(protocol, (out) -> out.writeMessageBegin(head));
		return (protocol == ThriftProtocol.JSON) ? Wire.join(start, new byte[] { ',' }, struct, new byte[] { ']' })
				: Wire.join(start, struct);
	}

	private static byte[] parse(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

}
