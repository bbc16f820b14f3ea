package io.github.thriftboot.netty.interop;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.github.thriftboot.test.types.Choice;
import io.github.thriftboot.test.types.Colour;
import io.github.thriftboot.test.types.Everything;
import io.github.thriftboot.test.types.EverythingAndMore;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.Point;
import io.github.thriftboot.test.types.Tree;
import io.github.thriftboot.test.types.TypesService;
import io.github.thriftboot.test.types.UuidService;
import io.github.thriftboot.test.types.Uuids;
import org.apache.thrift.TSerializable;

/**
 * Values of every type, with what is likely to go wrong with each.
 */
public final class TypesCorpus {

	public static final List<Double> DOUBLES = List.of(0.0, -0.0, 1.5, -1e-300, Double.NaN, Double.MIN_VALUE,
			Double.MAX_VALUE, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

	public static final List<String> STRINGS = List.of("", "a", "näme \uD83D\uDE00 \uD834\uDD1E 漢字",
			"\u0000\u0001\u001F\"\\/\b\f\n\r\t", "[1,\"", "{}]", "x".repeat(9_000));

	public static final List<Integer> INTS = List.of(0, 1, -1, 63, 64, -64, -65, 0x7FFF, 0x8000, Integer.MIN_VALUE,
			Integer.MAX_VALUE);

	public static final List<Long> LONGS = List.of(0L, -1L, 1L << 31, 1L << 53, (1L << 53) + 1, Long.MIN_VALUE,
			Long.MAX_VALUE);

	/**
	 * Asks for an answer without containers, if the question has those of {@link #uuids}.
	 */
	static final UUID NO_CONTAINERS = UUID.fromString("2b6ae3c3-3b0a-4d0c-9a55-6f1c1a1d0001");

	/**
	 * Asks for an answer with containers.
	 */
	static final UUID CONTAINERS = UUID.fromString("2b6ae3c3-3b0a-4d0c-9a55-6f1c1a1d0002");

	private TypesCorpus() {
	}

	/**
	 * Return structs from empty to full.
	 * @return new structs
	 */
	public static List<Everything> structs() {
		Everything withoutDefault = new Everything();
		withoutDefault.unsetWithDefault();
		return List.of(new Everything(), withoutDefault, emptyContainers(), full());
	}

	private static Everything emptyContainers() {
		Everything value = new Everything();
		value.setAString("");
		value.setABinary(new byte[0]);
		value.setAPoint(new Point());
		value.setAList(List.of());
		value.setASet(Set.of());
		value.setAMap(Map.of());
		value.setNested(List.of(Map.of(), Map.of(1, Set.of())));
		value.setByColour(Map.of(Colour.RED, List.of()));
		value.setLines(List.of());
		value.setBools(List.of());
		value.setDoubles(List.of());
		value.setBinaries(List.of(ByteBuffer.allocate(0)));
		return value;
	}

	/**
	 * Return a struct with nearly everything set.
	 * @return a new struct
	 */
	public static Everything full() {
		Everything value = new Everything();
		value.setABool(true);
		value.setAByte(Byte.MIN_VALUE);
		value.setAShort(Short.MIN_VALUE);
		value.setAnInt(Integer.MIN_VALUE);
		value.setALong(Long.MIN_VALUE);
		value.setADouble(Double.MIN_VALUE);
		value.setAString(STRINGS.get(2));
		value.setABinary(bytes(300));
		value.setAColour(Colour.BLUE);
		value.setAPoint(new Point(Integer.MAX_VALUE, 0));
		value.setAList(INTS);
		value.setASet(Set.of("", "a", STRINGS.get(3)));
		value.setAMap(Map.of("min", Long.MIN_VALUE, "max", Long.MAX_VALUE, "", 0L));
		value.setNested(List.of(Map.of(), Map.of(-1, Set.of("x", "y"), 1 << 30, Set.of())));
		value.setByColour(Map.of(Colour.GREEN, List.of(new Point(), new Point(1, 2)), Colour.RED, List.of()));
		value.setATypedef(Long.MAX_VALUE);
		value.setLines(List.of("one", "", "three"));
		value.setSometimesSet(0);
		value.setWithDefault("another");
		value.setBools(Arrays.asList(true, false, true, true));
		value.setDoubles(DOUBLES);
		value.setBinaries(List.of(ByteBuffer.wrap(bytes(0)), ByteBuffer.wrap(bytes(1)), ByteBuffer.wrap(bytes(200))));
		return value;
	}

	/**
	 * Return what a newer peer sends as {@link Everything}.
	 * @param text the field that both know
	 * @return a new struct
	 */
	public static EverythingAndMore newer(String text) {
		Point point = new Point(1, 2);
		return new EverythingAndMore(text, Map.of("a", List.of(point, point), "b", List.of()), Choice.point(point),
				List.of(Set.of(1.5, 2.5), Set.of()), "unknown");
	}

	public static List<Choice> choices() {
		return List.of(Choice.text(""), Choice.number(Long.MIN_VALUE), Choice.point(new Point(3, 4)),
				Choice.numbers(INTS));
	}

	/**
	 * Return a tree.
	 * @param depth the number of trees on the way from the root to a leaf
	 * @return a new tree
	 */
	public static Tree tree(int depth) {
		Tree tree = new Tree("leaf", List.of());
		for (int i = 1; i < depth; i++) {
			tree = new Tree("level " + i, List.of(tree));
		}
		return tree;
	}

	public static Uuids uuids() {
		UUID max = new UUID(-1, -1);
		UUID min = new UUID(0, 0);
		UUID any = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
		Uuids value = new Uuids();
		value.setOne(any);
		value.setSeveral(List.of(max, min, any, any));
		value.setDifferent(Set.of(max, min));
		value.setPairs(Map.of(min, max, any, any));
		return value;
	}

	/**
	 * Return bytes of every value.
	 * @param size their number
	 * @return new bytes
	 */
	public static byte[] bytes(int size) {
		byte[] bytes = new byte[size];
		for (int i = 0; i < size; i++) {
			bytes[i] = (byte) (i * 7);
		}
		return bytes;
	}

	/**
	 * Return the arguments of calls of all methods of {@link ExtendedService} and
	 * {@link UuidService} that are answered at once.
	 * @return method names, each with a number behind it, and their arguments
	 */
	static Map<String, TSerializable> requests() {
		List<Request> requests = new ArrayList<>();
		structs().forEach((value) -> requests.add(new Request("echo", new TypesService.echo_args(value))));
		requests.add(new Request("echo", new Wire.OneField(newer("newer")::write)));
		requests.add(new Request("echoBool", new TypesService.echoBool_args(true)));
		requests.add(new Request("echoByte", new TypesService.echoByte_args(Byte.MIN_VALUE)));
		requests.add(new Request("echoShort", new TypesService.echoShort_args(Short.MIN_VALUE)));
		INTS.forEach((value) -> requests.add(new Request("echoInt", new TypesService.echoInt_args(value))));
		LONGS.forEach((value) -> requests.add(new Request("echoLong", new TypesService.echoLong_args(value))));
		DOUBLES.forEach((value) -> requests.add(new Request("echoDouble", new TypesService.echoDouble_args(value))));
		STRINGS.stream()
			.filter((value) -> value.length() < 1_000)
			.forEach((value) -> requests.add(new Request("echoString", new TypesService.echoString_args(value))));
		requests.add(new Request("echoBinary", new TypesService.echoBinary_args(ByteBuffer.wrap(bytes(100)))));
		requests.add(new Request("echoColour", new TypesService.echoColour_args(Colour.BLUE)));
		choices().forEach((value) -> requests.add(new Request("echoChoice", new TypesService.echoChoice_args(value))));
		requests.add(new Request("echoList", new TypesService.echoList_args(INTS)));
		requests.add(new Request("echoSet", new TypesService.echoSet_args(Set.of("a", "b"))));
		requests.add(new Request("echoMap", new TypesService.echoMap_args(Map.of("a", 1L, "b", 2L))));
		requests.add(new Request("echoTree", new TypesService.echoTree_args(tree(20))));
		requests.add(new Request("several",
				new TypesService.several_args(1, "second", emptyContainers(), Choice.text("fourth"))));
		requests.add(new Request("nothing", new TypesService.nothing_args()));
		requests.add(new Request("refuse", new TypesService.refuse_args(2)));
		requests.add(new Request("refuse", new TypesService.refuse_args(3)));
		requests.add(new Request("own", new ExtendedService.own_args("own")));
		requests.add(new Request("headers", new TypesService.headers_args()));
		requests.add(new Request("echoUuid", new UuidService.echoUuid_args(new UUID(1, 2))));
		requests.add(new Request("echoUuids", new UuidService.echoUuids_args(uuids())));
		requests.add(new Request("missing", new TypesService.echo_args(emptyContainers())));
		Map<String, TSerializable> result = new LinkedHashMap<>();
		requests.forEach((request) -> result.put(request.method() + "#" + result.size(), request.args()));
		return result;
	}

	/**
	 * Return the requests as they are on the wire, without length and envelope.
	 * @param protocol their protocol
	 * @return whole messages
	 */
	public static List<byte[]> messages(ThriftProtocol protocol) {
		List<byte[]> messages = new ArrayList<>();
		requests().forEach((name, args) -> messages
			.add(Wire.call(protocol, name.substring(0, name.indexOf('#')), messages.size() + 1, args)));
		return messages;
	}

	private record Request(String method, TSerializable args) {
	}

}
