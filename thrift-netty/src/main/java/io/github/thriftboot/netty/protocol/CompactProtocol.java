package io.github.thriftboot.netty.protocol;

import java.util.Arrays;
import java.util.UUID;

import org.apache.thrift.TConfiguration;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.protocol.TSet;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;
import org.apache.thrift.transport.TTransportException;
import org.jspecify.annotations.Nullable;

/**
 * The structs of the compact protocol (Apache Thrift,
 * {@code doc/specs/thrift-compact-protocol.md}): whole numbers are variable-length, field
 * ids are differences where these are small, and a boolean field is told by its type.
 */
final class CompactProtocol extends ByteBufProtocol {

	private static final int MAX_VARINT_32 = 5;

	private static final int MAX_VARINT_64 = 10;

	private static final int MAX_DELTA = 15;

	private static final int SIZE_FOLLOWS = 15;

	private static final byte TRUE = 1;

	private static final byte FALSE = 2;

	/**
	 * The type of Thrift by the type on the wire.
	 */
	private static final byte[] TYPES = { TType.STOP, TType.BOOL, TType.BOOL, TType.BYTE, TType.I16, TType.I32,
			TType.I64, TType.DOUBLE, TType.STRING, TType.LIST, TType.SET, TType.MAP, TType.STRUCT, TType.UUID };

	/**
	 * The type on the wire by the type of Thrift.
	 */
	private static final byte[] WIRE_TYPES = new byte[TType.UUID + 1];

	static {
		for (byte wireType = (byte) (TYPES.length - 1); wireType > 0; wireType--) {
			WIRE_TYPES[TYPES[wireType]] = wireType;
		}
	}

	/**
	 * The last field ids of the structs around the present one.
	 */
	private short[] outerIds = new short[16];

	private int depth;

	private short lastId;

	/**
	 * A boolean field whose type waits for its value.
	 */
	private @Nullable TField booleanField;

	/**
	 * The value that the type of the present field told, 0 for none.
	 */
	private byte fieldValue;

	CompactProtocol(TConfiguration configuration, int maxContainerLength) throws TTransportException {
		super(configuration, maxContainerLength);
	}

	@Override
	public void reset() {
		this.depth = 0;
		this.lastId = 0;
		this.booleanField = null;
		this.fieldValue = 0;
	}

	@Override
	void writeSize(int size) throws TTransportException {
		writeVarint32(size);
	}

	@Override
	int readSize() throws TException {
		return readVarint32();
	}

	@Override
	public void writeStructBegin(TStruct struct) {
		enterStruct();
	}

	@Override
	public void writeStructEnd() {
		leaveStruct();
	}

	@Override
	public TStruct readStructBegin() {
		enterStruct();
		return STRUCT;
	}

	@Override
	public void readStructEnd() {
		leaveStruct();
	}

	private void enterStruct() {
		if (this.depth == this.outerIds.length) {
			this.outerIds = Arrays.copyOf(this.outerIds, 2 * this.depth);
		}
		this.outerIds[this.depth++] = this.lastId;
		this.lastId = 0;
	}

	private void leaveStruct() {
		this.lastId = this.outerIds[--this.depth];
	}

	@Override
	public void writeFieldBegin(TField field) throws TTransportException {
		if (field.type == TType.BOOL) {
			this.booleanField = field;
		}
		else {
			writeFieldBegin(field.id, WIRE_TYPES[field.type]);
		}
	}

	private void writeFieldBegin(short id, byte wireType) throws TTransportException {
		int delta = id - this.lastId;
		if (delta > 0 && delta <= MAX_DELTA) {
			writeByte((byte) (delta << 4 | wireType));
		}
		else {
			writeByte(wireType);
			writeI16(id);
		}
		this.lastId = id;
	}

	@Override
	public void writeMapBegin(TMap map) throws TTransportException {
		writeVarint32(map.size);
		if (map.size > 0) {
			writeByte((byte) (WIRE_TYPES[map.keyType] << 4 | WIRE_TYPES[map.valueType]));
		}
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
		if (size < SIZE_FOLLOWS) {
			writeByte((byte) (size << 4 | WIRE_TYPES[elementType]));
		}
		else {
			writeByte((byte) (SIZE_FOLLOWS << 4 | WIRE_TYPES[elementType]));
			writeVarint32(size);
		}
	}

	@Override
	public void writeBool(boolean value) throws TTransportException {
		TField field = this.booleanField;
		if (field != null) {
			this.booleanField = null;
			writeFieldBegin(field.id, value ? TRUE : FALSE);
		}
		else {
			writeByte(value ? TRUE : FALSE);
		}
	}

	@Override
	public void writeI16(short value) throws TTransportException {
		writeI32(value);
	}

	@Override
	public void writeI32(int value) throws TTransportException {
		writeVarint32((value << 1) ^ (value >> 31));
	}

	@Override
	public void writeI64(long value) throws TTransportException {
		writeVarint64((value << 1) ^ (value >> 63));
	}

	@Override
	public void writeUuid(UUID value) throws TTransportException {
		reserve(UUID_BYTES);
		LONG.set(this.window, this.position, value.getMostSignificantBits());
		LONG.set(this.window, this.position + Long.BYTES, value.getLeastSignificantBits());
		this.position += UUID_BYTES;
	}

	/**
	 * A double is the one value that is little-endian, as Apache's libraries write it.
	 */
	@Override
	public void writeDouble(double value) throws TTransportException {
		reserve(Double.BYTES);
		LONG.set(this.window, this.position, Long.reverseBytes(Double.doubleToLongBits(value)));
		this.position += Double.BYTES;
	}

	private void writeVarint32(int value) throws TTransportException {
		reserve(MAX_VARINT_32);
		byte[] target = this.window;
		int offset = this.position;
		int rest = value;
		while ((rest & ~0x7F) != 0) {
			target[offset++] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		target[offset++] = (byte) rest;
		this.position = offset;
	}

	private void writeVarint64(long value) throws TTransportException {
		reserve(MAX_VARINT_64);
		byte[] target = this.window;
		int offset = this.position;
		long rest = value;
		while ((rest & ~0x7FL) != 0) {
			target[offset++] = (byte) (rest | 0x80);
			rest >>>= 7;
		}
		target[offset++] = (byte) rest;
		this.position = offset;
	}

	@Override
	public TField readFieldBegin() throws TException {
		byte head = readByte();
		if (head == TType.STOP) {
			return field(TType.STOP, (short) 0);
		}
		byte wireType = (byte) (head & 0x0F);
		int delta = (head >> 4) & 0x0F;
		short id = (delta == 0) ? readI16() : (short) (this.lastId + delta);
		this.lastId = id;
		if (wireType == TRUE || wireType == FALSE) {
			this.fieldValue = wireType;
		}
		return field(type(wireType), id);
	}

	@Override
	public TMap readMapBegin() throws TException {
		int size = readVarint32();
		byte types = (size != 0) ? readByte() : 0;
		byte keyType = type((types >> 4) & 0x0F);
		byte valueType = type(types & 0x0F);
		claimContainer(size, getMinSerializedSize(keyType) + getMinSerializedSize(valueType));
		return new TMap(keyType, valueType, size);
	}

	@Override
	public TList readListBegin() throws TException {
		byte head = readByte();
		int size = (head >> 4) & 0x0F;
		if (size == SIZE_FOLLOWS) {
			size = readVarint32();
		}
		byte elementType = type(head & 0x0F);
		claimContainer(size, getMinSerializedSize(elementType));
		return new TList(elementType, size);
	}

	@Override
	public TSet readSetBegin() throws TException {
		return new TSet(readListBegin());
	}

	@Override
	public boolean readBool() throws TTransportException {
		byte value = this.fieldValue;
		if (value != 0) {
			this.fieldValue = 0;
			return value == TRUE;
		}
		return readByte() == TRUE;
	}

	@Override
	public short readI16() throws TException {
		return (short) readI32();
	}

	@Override
	public int readI32() throws TException {
		int value = readVarint32();
		return (value >>> 1) ^ -(value & 1);
	}

	@Override
	public long readI64() throws TException {
		long value = readVarint64();
		return (value >>> 1) ^ -(value & 1);
	}

	@Override
	public UUID readUuid() throws TTransportException {
		require(UUID_BYTES);
		long high = (long) LONG.get(this.window, this.position);
		long low = (long) LONG.get(this.window, this.position + Long.BYTES);
		this.position += UUID_BYTES;
		return new UUID(high, low);
	}

	@Override
	public double readDouble() throws TTransportException {
		require(Double.BYTES);
		long bits = Long.reverseBytes((long) LONG.get(this.window, this.position));
		this.position += Double.BYTES;
		return Double.longBitsToDouble(bits);
	}

	private int readVarint32() throws TException {
		int value = 0;
		for (int i = 0; i < MAX_VARINT_32; i++) {
			byte b = readByte();
			value |= (b & 0x7F) << (7 * i);
			if (b >= 0) {
				return value;
			}
		}
		throw tooLong(MAX_VARINT_32);
	}

	private long readVarint64() throws TException {
		long value = 0;
		for (int i = 0; i < MAX_VARINT_64; i++) {
			byte b = readByte();
			value |= (b & 0x7FL) << (7 * i);
			if (b >= 0) {
				return value;
			}
		}
		throw tooLong(MAX_VARINT_64);
	}

	private static TProtocolException tooLong(int maxBytes) {
		return new TProtocolException(TProtocolException.INVALID_DATA, "number is longer than " + maxBytes + " bytes");
	}

	private static byte type(int wireType) throws TProtocolException {
		if (wireType >= TYPES.length) {
			throw new TProtocolException(TProtocolException.INVALID_DATA,
					"type: " + wireType + " (expected: 0 to " + (TYPES.length - 1) + ")");
		}
		return TYPES[wireType];
	}

	@Override
	public int getMinSerializedSize(byte type) throws TTransportException {
		return switch (type) {
			case TType.STOP, TType.VOID, TType.BOOL, TType.BYTE, TType.I16, TType.I32, TType.I64, TType.STRING,
					TType.STRUCT, TType.MAP, TType.SET, TType.LIST ->
				1;
			case TType.DOUBLE -> Double.BYTES;
			case TType.UUID -> UUID_BYTES;
			default -> throw unknownType(type);
		};
	}

}
