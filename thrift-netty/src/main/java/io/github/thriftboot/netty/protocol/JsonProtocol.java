package io.github.thriftboot.netty.protocol;

import java.nio.ByteBuffer;

import io.netty.buffer.ByteBufUtil;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TJSONProtocol;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TSet;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;

/**
 * libthrift's JSON protocol with the limits that libthrift gives to the other protocols
 * alone. Keeps state: an object is for one message.
 */
final class JsonProtocol extends TJSONProtocol {

	private final int maxStringLength;

	private final int maxContainerLength;

	JsonProtocol(TTransport transport, int maxStringLength, int maxContainerLength) {
		super(transport);
		this.maxStringLength = maxStringLength;
		this.maxContainerLength = maxContainerLength;
	}

	@Override
	protected void checkReadBytesAvailable(TList list) throws TException {
		checkLength(list.size, this.maxContainerLength);
		super.checkReadBytesAvailable(list);
	}

	@Override
	protected void checkReadBytesAvailable(TSet set) throws TException {
		checkLength(set.size, this.maxContainerLength);
		super.checkReadBytesAvailable(set);
	}

	@Override
	protected void checkReadBytesAvailable(TMap map) throws TException {
		checkLength(map.size, this.maxContainerLength);
		super.checkReadBytesAvailable(map);
	}

	@Override
	public String readString() throws TException {
		String value = super.readString();
		if (ByteBufUtil.utf8MaxBytes(value) > this.maxStringLength) {
			checkLength(ByteBufUtil.utf8Bytes(value), this.maxStringLength);
		}
		return value;
	}

	@Override
	public ByteBuffer readBinary() throws TException {
		ByteBuffer value = super.readBinary();
		checkLength(value.remaining(), this.maxStringLength);
		return value;
	}

	private static void checkLength(int length, int maxLength) throws TProtocolException {
		if (length > maxLength) {
			throw new TProtocolException(TProtocolException.SIZE_LIMIT, "Length exceeded max allowed: " + length);
		}
	}

	@Override
	public int getMinSerializedSize(byte type) throws TTransportException {
		return (type == TType.UUID) ? ByteBufProtocol.UUID_BYTES : super.getMinSerializedSize(type);
	}

	@Override
	public void writeBinary(ByteBuffer data) throws TException {
		super.writeBinary(inArray(data));
	}

	/**
	 * Return binary data in the form that libthrift 0.25.0 writes right: it takes the
	 * array of a buffer, and in JSON all of it.
	 */
	static ByteBuffer inArray(ByteBuffer data) {
		if (data.hasArray() && data.arrayOffset() == 0 && data.position() == 0) {
			return data;
		}
		byte[] bytes = new byte[data.remaining()];
		data.duplicate().get(bytes);
		return ByteBuffer.wrap(bytes);
	}

}
