package io.github.thriftboot.netty.interop;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import io.github.thriftboot.test.types.Choice;
import io.github.thriftboot.test.types.Colour;
import io.github.thriftboot.test.types.Everything;
import io.github.thriftboot.test.types.ExtendedService;
import io.github.thriftboot.test.types.Missing;
import io.github.thriftboot.test.types.Point;
import io.github.thriftboot.test.types.Refused;
import io.github.thriftboot.test.types.UuidService;
import io.github.thriftboot.test.types.Uuids;
import org.apache.thrift.TException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What every pair of client and server has to do right.
 *
 * @param client the client
 * @param handler the handler on the server
 */
record TypesMatrix(ExtendedService.Iface client, TypesHandler handler) {

	void verify() throws TException {
		verifyNumbers();
		verifyTextAndBytes();
		verifyContainers();
		verifyStructs();
		verifyCallShapes();
	}

	private void verifyNumbers() throws TException {
		assertThat(this.client.echoBool(true)).isTrue();
		assertThat(this.client.echoBool(false)).isFalse();
		for (byte value : new byte[] { 0, -1, Byte.MIN_VALUE, Byte.MAX_VALUE }) {
			assertThat(this.client.echoByte(value)).isEqualTo(value);
		}
		for (short value : new short[] { 0, -1, Short.MIN_VALUE, Short.MAX_VALUE }) {
			assertThat(this.client.echoShort(value)).isEqualTo(value);
		}
		for (int value : TypesCorpus.INTS) {
			assertThat(this.client.echoInt(value)).isEqualTo(value);
		}
		for (long value : TypesCorpus.LONGS) {
			assertThat(this.client.echoLong(value)).isEqualTo(value);
		}
		for (Double value : TypesCorpus.DOUBLES) {
			// as an object, which tells 0.0 and -0.0 apart and NaN equal to itself
			assertThat((Object) this.client.echoDouble(value)).isEqualTo(value);
		}
	}

	private void verifyTextAndBytes() throws TException {
		for (String value : TypesCorpus.STRINGS) {
			assertThat(this.client.echoString(value)).isEqualTo(value);
		}
		for (int size = 0; size <= 300; size += (size < 20 || size > 250) ? 1 : 23) {
			ByteBuffer value = ByteBuffer.wrap(TypesCorpus.bytes(size));
			assertThat(this.client.echoBinary(value)).isEqualTo(value);
		}
		ByteBuffer part = ByteBuffer.wrap(TypesCorpus.bytes(100), 10, 50).slice();
		assertThat(this.client.echoBinary(part.duplicate())).isEqualTo(part);
	}

	private void verifyContainers() throws TException {
		for (List<Integer> value : List.of(List.<Integer>of(), TypesCorpus.INTS)) {
			assertThat(this.client.echoList(value)).isEqualTo(value);
		}
		for (Set<String> value : List.of(Set.<String>of(), Set.copyOf(TypesCorpus.STRINGS))) {
			assertThat(this.client.echoSet(value)).isEqualTo(value);
		}
		for (Map<String, Long> value : List.of(Map.<String, Long>of(), Map.of("", 0L, "a", Long.MIN_VALUE))) {
			assertThat(this.client.echoMap(value)).isEqualTo(value);
		}
	}

	private void verifyStructs() throws TException {
		for (Everything value : TypesCorpus.structs()) {
			Everything echoed = this.client.echo(value);
			// of an unset field that has a default, the reader takes its own
			assertThat(echoed).isEqualTo(value.isSetWithDefault() ? value : new Everything());
			assertThat(echoed.isSetNeverSet()).isFalse();
			assertThat(echoed.isSetSometimesSet()).isEqualTo(value.isSetSometimesSet());
		}
		for (Choice value : TypesCorpus.choices()) {
			assertThat(this.client.echoChoice(value)).isEqualTo(value);
		}
		for (Colour value : Colour.values()) {
			assertThat(this.client.echoColour(value)).isEqualTo(value);
		}
		assertThat(this.client.echoTree(TypesCorpus.tree(50))).isEqualTo(TypesCorpus.tree(50));
		Everything newer = this.client.echo(new ForeignEverything(TypesCorpus.newer("newer")::write));
		assertThat(newer).isEqualTo(new Everything().setAString("newer"));
		Everything answer = this.client.echo(new Everything().setAString(TypesHandler.NEWER));
		assertThat(answer).isEqualTo(new Everything().setAString(TypesHandler.NEWER));
		Everything colour = this.client.echo(ForeignEverything.ofUnknownColour());
		assertThat(colour.getAColour()).isNull();
		assertThat(colour.getByColour()).isEmpty();
	}

	private void verifyCallShapes() throws TException {
		Everything several = this.client.several(5, "a", TypesCorpus.full(), Choice.text("b"));
		assertThat(several).isEqualTo(TypesCorpus.full().setAnInt(5).setAString("ab"));
		this.client.nothing();
		assertThat(this.client.noArguments()).isEqualTo("types");
		assertThat(this.client.own("own")).isEqualTo("own");
		assertThat(this.client.slow(1, "slow")).isEqualTo("slow");
		assertThatExceptionOfType(Refused.class).isThrownBy(() -> this.client.refuse(4))
			.isEqualTo(new Refused(4, "refused", Choice.number(4)));
		assertThatExceptionOfType(Missing.class).isThrownBy(() -> this.client.refuse(3))
			.isEqualTo(new Missing("number 3"));
		String note = "note " + UUID.randomUUID();
		this.client.note(note);
		await().untilAsserted(() -> assertThat(this.handler.notes()).containsOnlyOnce(note));
		assertThat(this.client.echoChoice(Choice.point(new Point()))).as("after the oneway call")
			.isEqualTo(Choice.point(new Point()));
	}

	/**
	 * Call a service with the uuid type.
	 * @param client the client
	 * @param clientReads whether the client can read containers of them, as libthrift
	 * 0.25.0 cannot
	 * @param serverReads whether the server can
	 */
	static void verify(UuidService.Iface client, boolean clientReads, boolean serverReads) throws TException {
		for (UUID value : List.of(new UUID(0, 0), new UUID(-1, -1), new UUID(1, Long.MIN_VALUE))) {
			assertThat(client.echoUuid(value)).isEqualTo(value);
		}
		Uuids one = new Uuids().setOne(new UUID(1, 2));
		assertThat(client.echoUuids(one)).isEqualTo(one);
		Uuids several = TypesCorpus.uuids();
		if (clientReads && serverReads) {
			assertThat(client.echoUuids(several)).isEqualTo(several);
		}
		if (clientReads) {
			assertThat(client.echoUuids(new Uuids().setOne(TypesCorpus.CONTAINERS))).isEqualTo(several);
		}
		if (serverReads) {
			assertThat(client.echoUuids(several.setOne(TypesCorpus.NO_CONTAINERS)))
				.isEqualTo(new Uuids().setOne(TypesCorpus.NO_CONTAINERS));
		}
	}

}
