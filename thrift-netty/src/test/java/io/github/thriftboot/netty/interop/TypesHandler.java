package io.github.thriftboot.netty.interop;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.github.thriftboot.netty.context.ThriftContext;
import io.github.thriftboot.test.types.Choice;
import io.github.thriftboot.test.types.Colour;
import io.github.thriftboot.test.types.Everything;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.Missing;
import io.github.thriftboot.test.types.Refused;
import io.github.thriftboot.test.types.Tree;
import io.github.thriftboot.test.types.UuidService;
import io.github.thriftboot.test.types.Uuids;
import org.apache.thrift.TException;

/**
 * Answers with what it was sent. Sends the headers of a request back with its reply.
 */
class TypesHandler implements ExtendedService.Iface, UuidService.Iface {

	static final String NEWER = "answer as a newer peer";

	private final Queue<String> notes = new ConcurrentLinkedQueue<>();

	@Override
	public Everything echo(Everything value) {
		return NEWER.equals(value.getAString()) ? new ForeignEverything(TypesCorpus.newer(NEWER)::write) : value;
	}

	@Override
	public boolean echoBool(boolean value) {
		return value;
	}

	@Override
	public byte echoByte(byte value) {
		return value;
	}

	@Override
	public short echoShort(short value) {
		return value;
	}

	@Override
	public int echoInt(int value) {
		return value;
	}

	@Override
	public long echoLong(long value) {
		return value;
	}

	@Override
	public double echoDouble(double value) {
		return value;
	}

	@Override
	public String echoString(String value) {
		return value;
	}

	@Override
	public ByteBuffer echoBinary(ByteBuffer value) {
		return value;
	}

	@Override
	public Colour echoColour(Colour value) {
		return value;
	}

	@Override
	public Choice echoChoice(Choice value) {
		return value;
	}

	@Override
	public List<Integer> echoList(List<Integer> value) {
		return value;
	}

	@Override
	public Set<String> echoSet(Set<String> value) {
		return value;
	}

	@Override
	public Map<String, Long> echoMap(Map<String, Long> value) {
		return value;
	}

	@Override
	public Tree echoTree(Tree value) {
		return value;
	}

	@Override
	public Everything several(int first, String second, Everything third, Choice fourth) {
		Everything result = new Everything(third);
		result.setAnInt(first);
		result.setAString(second + fourth.getText());
		return result;
	}

	@Override
	public void nothing() {
		// as it says
	}

	@Override
	public String noArguments() {
		return "types";
	}

	@Override
	public String refuse(int code) throws Refused, Missing {
		if (code % 2 == 0) {
			throw new Refused(code, "refused", Choice.number(code));
		}
		throw new Missing("number " + code);
	}

	@Override
	public void note(String text) {
		this.notes.add(text);
	}

	@Override
	public List<String> notes() {
		return List.copyOf(this.notes);
	}

	@Override
	public String slow(int millis, String text) throws TException {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new TException(ex);
		}
		return text;
	}

	@Override
	public Map<String, String> headers() {
		ThriftContext context = ThriftContext.current();
		if (context == null) {
			return Map.of();
		}
		context.headers().forEach((name, value) -> context.replyHeader("reply-" + name, value));
		return context.headers();
	}

	@Override
	public String own(String value) {
		return value;
	}

	@Override
	public UUID echoUuid(UUID value) {
		return value;
	}

	@Override
	public Uuids echoUuids(Uuids value) {
		if (TypesCorpus.NO_CONTAINERS.equals(value.getOne())) {
			return new Uuids().setOne(TypesCorpus.uuids().setOne(value.getOne()).equals(value) ? value.getOne() : null);
		}
		return TypesCorpus.CONTAINERS.equals(value.getOne()) ? TypesCorpus.uuids() : value;
	}

}
