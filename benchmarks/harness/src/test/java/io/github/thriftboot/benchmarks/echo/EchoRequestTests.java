package io.github.thriftboot.benchmarks.echo;

import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.WrongReplyException;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EchoRequest}.
 */
class EchoRequestTests {

	@Test
	void smallPayloadHas201Bytes() throws TException {
		assertThat(new TSerializer().serialize(new EchoRequest(Payload.SMALL).struct())).hasSize(201);
	}

	@ParameterizedTest
	@EnumSource
	void acceptsTheReplyWithTheSameIdOnly(Payload payload) {
		EchoRequest request = new EchoRequest(payload);
		request.setId(1);
		EchoRequest reply = new EchoRequest(payload);
		reply.setId(1);
		request.check(reply.struct());
		reply.setId(2);
		assertThatExceptionOfType(WrongReplyException.class).isThrownBy(() -> request.check(reply.struct()));
	}

}
