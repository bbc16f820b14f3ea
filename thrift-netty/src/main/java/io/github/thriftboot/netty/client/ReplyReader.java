package io.github.thriftboot.netty.client;

import java.util.function.IntConsumer;

import io.github.thriftboot.netty.protocol.MalformedMessageException;
import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.RemoteApplicationException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftMethod;
import io.github.thriftboot.netty.protocol.WireText;
import org.apache.thrift.TApplicationException;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TMessageType;
import org.apache.thrift.protocol.TProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the outcome of a call out of its reply, on the thread that wants it. Thread-safe.
 */
final class ReplyReader {

	/**
	 * A reply may take what the limits of messages allow: callers bound their number.
	 */
	private static final IntConsumer ANY_SIZE = (bytes) -> {
	};

	private final MessageCodec codec;

	ReplyReader(MessageCodec codec) {
		this.codec = codec;
	}

	/**
	 * Read a reply and release it.
	 * @param method the method that was called
	 * @param reply the reply, or {@code null} for a oneway method
	 * @return the value, {@code null} for void and oneway methods
	 * @throws TException the exception that the reply tells; a local
	 * {@link TApplicationException} or {@link TProtocolException} if the reply cannot be
	 * used
	 */
	@Nullable Object value(ThriftMethod method, @Nullable ThriftMessage reply) throws TException {
		if (reply == null) {
			return null;
		}
		TBase<?, ?> result;
		ThriftMessage inflated = reply;
		try {
			inflated = this.codec.inflate(reply, ANY_SIZE);
			result = result(method, inflated);
		}
		catch (MalformedMessageException ex) {
			throw ex.toApplicationException();
		}
		finally {
			inflated.release();
		}
		return method.value(result);
	}

	/**
	 * Tell whether the server says that it has not processed a call. That is said in a
	 * few bytes, so a reply that was left compressed says something else.
	 * @param reply an exception, which stays as it is
	 * @param codec decodes it
	 * @return what it says, or {@code null} if it says something else
	 */
	static @Nullable String notProcessed(ThriftMessage reply, MessageCodec codec) {
		if (reply.envelope().zlib()) {
			return null;
		}
		TApplicationException error = new TApplicationException();
		try {
			codec.decodeBody(error, reply.envelope().protocol(), reply.body().duplicate());
		}
		catch (TException | RuntimeException ex) {
			// the caller will find out
			return null;
		}
		if (error.getType() != RemoteApplicationException.NOT_PROCESSED) {
			return null;
		}
		return WireText.printable(String.valueOf(error.getMessage()));
	}

	private TBase<?, ?> result(ThriftMethod method, ThriftMessage reply) throws TException {
		if (reply.type() == TMessageType.EXCEPTION) {
			TApplicationException error = new TApplicationException();
			decode(method, error, reply);
			throw new RemoteApplicationException(error.getType(), error.getMessage());
		}
		if (reply.type() != TMessageType.REPLY) {
			throw new TApplicationException(TApplicationException.INVALID_MESSAGE_TYPE,
					method + ": answered with message type " + reply.type());
		}
		if (!reply.name().equals(method.name())) {
			throw new TApplicationException(TApplicationException.WRONG_METHOD_NAME,
					method + ": answered for another method");
		}
		TBase<?, ?> result = method.emptyResult();
		decode(method, result, reply);
		return result;
	}

	private void decode(ThriftMethod method, TSerializable struct, ThriftMessage reply) throws TProtocolException {
		try {
			this.codec.decodeBody(struct, reply.envelope().protocol(), reply.body());
		}
		catch (TException | RuntimeException | StackOverflowError ex) {
			throw new TProtocolException(TProtocolException.INVALID_DATA,
					method + ": reply cannot be read: " + ex.getMessage(), ex);
		}
		if (reply.body().isReadable()) {
			throw new TProtocolException(TProtocolException.INVALID_DATA,
					method + ": reply has " + reply.body().readableBytes() + " bytes too many");
		}
	}

}
