package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;

import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * libthrift's own protocols, with what is broken in 0.25.0 mended, for tests that speak
 * to the runtime without it.
 */
public final class LibthriftProtocols {

	private LibthriftProtocols() {
	}

	/**
	 * Make a protocol object for one message.
	 * @param protocol the protocol
	 * @param transport the transport to read from or write to
	 * @return a new protocol object
	 */
	public static TProtocol create(ThriftProtocol protocol, TTransport transport) {
		return switch (protocol) {
			case BINARY -> new Binary(transport, true);
			case OLD_BINARY -> new Binary(transport, false);
			case COMPACT -> new Compact(transport);
			case JSON -> new JsonProtocol(transport, Integer.MAX_VALUE, Integer.MAX_VALUE);
		};
	}

	private static final class Binary extends TBinaryProtocol {

		Binary(TTransport transport, boolean strictWrite) {
			super(transport, false, strictWrite);
		}

		@Override
		public int getMinSerializedSize(byte type) throws TTransportException {
			return (type == TType.UUID) ? ByteBufProtocol.UUID_BYTES : super.getMinSerializedSize(type);
		}

		@Override
		public void writeBinary(ByteBuffer data) throws TException {
			super.writeBinary(data.hasArray() ? data : JsonProtocol.inArray(data));
		}

	}

	private static final class Compact extends TCompactProtocol {

		Compact(TTransport transport) {
			super(transport);
		}

		@Override
		public int getMinSerializedSize(byte type) throws TTransportException {
			return (type == TType.UUID) ? ByteBufProtocol.UUID_BYTES : super.getMinSerializedSize(type);
		}

	}

}
