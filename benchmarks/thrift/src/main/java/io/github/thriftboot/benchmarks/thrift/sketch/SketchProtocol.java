package io.github.thriftboot.benchmarks.thrift.sketch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TType;

/**
 * The binary protocol over a {@link ByteBuf}. Not thread-safe; used for one message after
 * the other. Lengths are checked by the buffer only.
 */
final class SketchProtocol extends TBinaryProtocol {

	private ByteBuf buffer = Unpooled.EMPTY_BUFFER;

	private byte[] scratch = new byte[256];

	SketchProtocol() {
		super(new NoTransport());
	}

	/**
	 * Read from a buffer, or append to it, from now on.
	 * @param buffer the buffer
	 * @return this
	 */
	SketchProtocol over(ByteBuf buffer) {
		this.buffer = buffer;
		return this;
	}

	@Override
	public void writeFieldBegin(TField field) {
		this.buffer.writeByte(field.type);
		this.buffer.writeShort(field.id);
	}

	@Override
	public void writeFieldStop() {
		this.buffer.writeByte(TType.STOP);
	}

	@Override
	public void writeByte(byte value) {
		this.buffer.writeByte(value);
	}

	@Override
	public void writeI16(short value) {
		this.buffer.writeShort(value);
	}

	@Override
	public void writeI32(int value) {
		this.buffer.writeInt(value);
	}

	@Override
	public void writeI64(long value) {
		this.buffer.writeLong(value);
	}

	@Override
	public void writeString(String value) {
		int start = this.buffer.writerIndex();
		this.buffer.writeInt(0);
		this.buffer.setInt(start, ByteBufUtil.writeUtf8(this.buffer, value));
	}

	@Override
	public void writeBinary(ByteBuffer value) {
		this.buffer.writeInt(value.remaining());
		this.buffer.writeBytes(value.duplicate());
	}

	@Override
	public byte readByte() {
		return this.buffer.readByte();
	}

	@Override
	public short readI16() {
		return this.buffer.readShort();
	}

	@Override
	public int readI32() {
		return this.buffer.readInt();
	}

	@Override
	public long readI64() {
		return this.buffer.readLong();
	}

	@Override
	public String readString() {
		return readStringBody(this.buffer.readInt());
	}

	@Override
	public String readStringBody(int length) {
		if (length > this.scratch.length) {
			this.scratch = new byte[Math.min(this.buffer.readableBytes(), 2 * length)];
		}
		this.buffer.readBytes(this.scratch, 0, length);
		return new String(this.scratch, 0, length, StandardCharsets.UTF_8);
	}

	@Override
	public ByteBuffer readBinary() {
		byte[] bytes = new byte[this.buffer.readInt()];
		this.buffer.readBytes(bytes);
		return ByteBuffer.wrap(bytes);
	}

}
