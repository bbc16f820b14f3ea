package io.github.thriftboot.netty.protocol;

import java.util.UUID;

import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TSet;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransportException;

/**
 * The structs of the binary protocol (Apache Thrift,
 * {@code doc/specs/thrift-binary-protocol.md}): every value has its full size,
 * big-endian.
 */
final class BinaryProtocol extends ByteBufProtocol {

	BinaryProtocol(TConfiguration configuration, int maxContainerLength) throws TTransportException {
		super(configuration, maxContainerLength);
	}

	@Override
	void writeSize(int size) throws TTransportException {
		writeI32(size);
	}

	@Override
	int readSize() throws TTransportException {
		return readI32();
	}

	@Override
	public void writeStructBegin(TStruct struct) {
		// no bytes
	}

	@Override
	public void writeStructEnd() {
		// no bytes
	}

	@Override
	public void writeFieldBegin(TField field) throws TTransportException {
		reserve(1 + Short.BYTES);
		this.window[this.position] = field.type;
		SHORT.set(this.window, this.position + 1, field.id);
		this.position += 1 + Short.BYTES;
	}

	@Override
	public void writeMapBegin(TMap map) throws TTransportException {
		reserve(2 + Integer.BYTES);
		this.window[this.position] = map.keyType;
		this.window[this.position + 1] = map.valueType;
		INT.set(this.window, this.position + 2, map.size);
		this.position += 2 + Integer.BYTES;
	}

	@Override
	public void writeListBegin(TList list) throws TTransportException {
		writeCollectionBegin(list.elemType, list.size);
	}

	@Override
	public void writeSetBegin(TSet set) throws TTransportException {
		writeCollectionBegin(set.elemType, set.size);
	}

	private void writeCollectionBegin(byte elementType, int size) throws TTransportException {
		reserve(1 + Integer.BYTES);
		this.window[this.position] = elementType;
		INT.set(this.window, this.position + 1, size);
		this.position += 1 + Integer.BYTES;
	}

	@Override
	public void writeBool(boolean value) throws TTransportException {
		writeByte((byte) (value ? 1 : 0));
	}

	@Override
	public void writeI16(short value) throws TTransportException {
		reserve(Short.BYTES);
		SHORT.set(this.window, this.position, value);
		this.position += Short.BYTES;
	}

	@Override
	public void writeI32(int value) throws TTransportException {
		reserve(Integer.BYTES);
		INT.set(this.window, this.position, value);
		this.position += Integer.BYTES;
	}

	@Override
	public void writeI64(long value) throws TTransportException {
		reserve(Long.BYTES);
		LONG.set(this.window, this.position, value);
		this.position += Long.BYTES;
	}

	@Override
	public void writeUuid(UUID value) throws TTransportException {
		writeI64(value.getMostSignificantBits());
		writeI64(value.getLeastSignificantBits());
	}

	@Override
	public void writeDouble(double value) throws TTransportException {
		writeI64(Double.doubleToLongBits(value));
	}

	@Override
	public TStruct readStructBegin() {
		return STRUCT;
	}

	@Override
	public void readStructEnd() {
		// no bytes
	}

	@Override
	public TField readFieldBegin() throws TTransportException {
		byte type = readByte();
		return field(type, (type != TType.STOP) ? readI16() : 0);
	}

	@Override
	public TMap readMapBegin() throws TException {
		byte keyType = readByte();
		byte valueType = readByte();
		int size = readI32();
		claimContainer(size, getMinSerializedSize(keyType) + getMinSerializedSize(valueType));
		return new TMap(keyType, valueType, size);
	}

	@Override
	public TList readListBegin() throws TException {
		byte elementType = readByte();
		int size = readI32();
		claimContainer(size, getMinSerializedSize(elementType));
		return new TList(elementType, size);
	}

	@Override
	public TSet readSetBegin() throws TException {
		byte elementType = readByte();
		int size = readI32();
		claimContainer(size, getMinSerializedSize(elementType));
		return new TSet(elementType, size);
	}

	@Override
	public boolean readBool() throws TTransportException {
		return readByte() == 1;
	}

	@Override
	public short readI16() throws TTransportException {
		require(Short.BYTES);
		short value = (short) SHORT.get(this.window, this.position);
		this.position += Short.BYTES;
		return value;
	}

	@Override
	public int readI32() throws TTransportException {
		require(Integer.BYTES);
		int value = (int) INT.get(this.window, this.position);
		this.position += Integer.BYTES;
		return value;
	}

	@Override
	public long readI64() throws TTransportException {
		require(Long.BYTES);
		long value = (long) LONG.get(this.window, this.position);
		this.position += Long.BYTES;
		return value;
	}

	@Override
	public UUID readUuid() throws TTransportException {
		return new UUID(readI64(), readI64());
	}

	@Override
	public double readDouble() throws TTransportException {
		return Double.longBitsToDouble(readI64());
	}

	@Override
	public int getMinSerializedSize(byte type) throws TTransportException {
		return switch (type) {
			// an empty container says so with two types that stand for nothing
			case TType.STOP, TType.VOID, TType.BOOL, TType.BYTE, TType.STRUCT -> 1;
			case TType.I16 -> Short.BYTES;
			case TType.I32, TType.STRING, TType.MAP, TType.SET, TType.LIST -> Integer.BYTES;
			case TType.I64, TType.DOUBLE -> Long.BYTES;
			case TType.UUID -> UUID_BYTES;
			default -> throw unknownType(type);
		};
	}

}
