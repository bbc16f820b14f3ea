package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

import io.github.thriftboot.netty.test.EchoHandler;
import io.github.thriftboot.netty.test.Packets;
import io.github.thriftboot.test.Declined;
import io.github.thriftboot.test.EchoService;
import io.github.thriftboot.test.Packet;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TException;
import org.apache.thrift.async.AsyncMethodCallback;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ThriftMethod}.
 */
class ThriftMethodTests {

	private final EchoHandler handler = new EchoHandler("tester");

	@Test
	void argumentsAreSetInTheOrderOfTheIdl() {
		Packet packet = Packets.ofSize(10);

		assertThat(method("echoLater").args(packet, 5)).isEqualTo(new EchoService.echoLater_args(packet, 5));
		assertThat(method("whoAmI").args()).isEqualTo(method("whoAmI").emptyArgs());
	}

	@Test
	void furtherArgumentsAreIgnored() {
		assertThat(method("add").args(1, 2, "callback")).isEqualTo(new EchoService.add_args(1, 2));
	}

	@Test
	void nullArgumentStaysUnset() {
		EchoService.echoLater_args args = (EchoService.echoLater_args) method("echoLater").args(null, null);

		assertThat(args.isSetPacket()).isFalse();
		assertThat(args.isSetMillis()).isFalse();
	}

	@Test
	void onlyOnewayMethodsAreOneway() {
		assertThat(method("note").oneway()).isTrue();
		assertThat(method("nothing").oneway()).isFalse();
		assertThatIllegalStateException().isThrownBy(method("note")::emptyResult);
	}

	@Test
	void handlerIsCalled() throws Exception {
		assertThat(value("add", 40, 2)).isEqualTo(42);
		assertThat(value("whoAmI")).isEqualTo("tester");
		assertThat(value("nothing")).isNull();
		assertThat(value("blob", 3)).isEqualTo(ByteBuffer.wrap(new byte[3]));
		assertThat(value("decline", 0)).isEqualTo("accepted");
	}

	@Test
	void onewayHandlerIsCalledAndHasNoResult() throws Exception {
		Packet packet = Packets.ofSize(10);

		assertThat(method("note").invoke(this.handler, method("note").args(packet))).isNull();
		assertThat(this.handler.executions()).containsEntry(packet.getNonce(), 1);
	}

	@Test
	void declaredExceptionTravelsInTheResult() {
		assertThatExceptionOfType(Declined.class).isThrownBy(() -> value("decline", 7))
			.satisfies((declined) -> assertThat(declined.getCode()).isEqualTo(7));
	}

	@Test
	void otherExceptionsAreThrown() {
		assertThatIllegalStateException().isThrownBy(() -> value("misbehave", "runtime"));
		assertThatExceptionOfType(Declined.class)
			.isThrownBy(() -> method("misbehave").invoke(this.handler, method("misbehave").args("undeclared")));
	}

	@Test
	void nullFromANonVoidMethodIsAMissingResult() {
		assertThatExceptionOfType(TApplicationException.class).isThrownBy(() -> value("misbehave", "null"))
			.satisfies((ex) -> assertThat(ex.getType()).isEqualTo(TApplicationException.MISSING_RESULT))
			.withMessageContaining("misbehave");
	}

	@Test
	void resultHoldsTheValue() throws Exception {
		assertThat(method("add").value(method("add").result(42))).isEqualTo(42);
		assertThat(method("nothing").value(method("nothing").result(null))).isNull();
		assertThat(method("add").result(42)).isNotSameAs(method("add").result(42));
	}

	@Test
	void onlyDeclaredExceptionsArePutIntoAResult() {
		Declined declined = new Declined(3, "no");

		assertThatExceptionOfType(Declined.class)
			.isThrownBy(() -> method("decline").value(method("decline").declaredFailure(declined)))
			.isSameAs(declined);
		assertThat(method("misbehave").declaredFailure(declined)).isNull();
		assertThat(method("note").declaredFailure(declined)).isNull();
		assertThat(method("decline").declaredFailure(new IllegalStateException())).isNull();
	}

	@Test
	void asyncHandlerIsCalled() throws Exception {
		CompletableFuture<Object> value = new CompletableFuture<>();
		AddingHandler adding = new AddingHandler();

		method("add").invokeAsync(adding, method("add").args(40, 2), new AsyncMethodCallback<>() {

			@Override
			public void onComplete(Object response) {
				value.complete(response);
			}

			@Override
			public void onError(Exception exception) {
				value.completeExceptionally(exception);
			}

		});

		assertThat(value).isCompletedWithValue(42);
	}

	private Object value(String name, Object... arguments) throws TException {
		return method(name).value(method(name).invoke(this.handler, method(name).args(arguments)));
	}

	private static ThriftMethod method(String name) {
		return ThriftServiceDescriptor.of(EchoService.class).method(name);
	}

	private static final class AddingHandler extends EchoService.AsyncClient {

		AddingHandler() {
			super(null, null, null);
		}

		@Override
		public void add(int left, int right, AsyncMethodCallback<Integer> callback) {
			callback.onComplete(left + right);
		}

	}

}
