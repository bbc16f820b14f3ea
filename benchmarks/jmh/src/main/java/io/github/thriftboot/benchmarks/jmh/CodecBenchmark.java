package io.github.thriftboot.benchmarks.jmh;

import java.util.concurrent.TimeUnit;

import io.github.thriftboot.benchmarks.Payload;
import io.github.thriftboot.benchmarks.echo.EchoRequest;
import io.github.thriftboot.netty.protocol.MessageCodec;
import io.github.thriftboot.netty.protocol.MessageLimits;
import io.github.thriftboot.netty.protocol.ThriftProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import org.apache.thrift.TBase;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TProtocolFactory;
import org.apache.thrift.transport.TMemoryBuffer;
import org.apache.thrift.transport.TMemoryInputTransport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to encode and to decode the struct of a message: our codec over pooled
 * buffers, and libthrift's protocols over its memory transports, which are given the
 * right size at once. What libthrift decodes shares the memory of the message.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBenchmark {

	/**
	 * What is encoded.
	 */
	@Param({ "SMALL", "MEDIUM", "LARGE" })
	public Payload payload;

	/**
	 * How it is encoded.
	 */
	@Param({ "BINARY", "COMPACT" })
	public ThriftProtocol protocol;

	private final MessageCodec codec = new MessageCodec(MessageLimits.DEFAULT);

	private TBase<?, ?> struct;

	private TBase<?, ?> emptyStruct;

	private TProtocolFactory libthriftProtocol;

	private ByteBuf encoded;

	private byte[] encodedBytes;

	/**
	 * Encode once, for the decoders.
	 * @throws TException if that fails
	 */
	@Setup
	public void setUp() throws TException {
		this.struct = new EchoRequest(this.payload).struct();
		this.emptyStruct = this.struct.deepCopy();
		this.emptyStruct.clear();
		this.libthriftProtocol = (this.protocol == ThriftProtocol.BINARY) ? new TBinaryProtocol.Factory()
				: new TCompactProtocol.Factory();
		this.encoded = this.codec.encodeBody(this.struct, this.protocol, "echo", ByteBufAllocator.DEFAULT);
		this.encodedBytes = ByteBufUtil.getBytes(this.encoded);
	}

	/**
	 * Release what {@link #setUp()} made.
	 */
	@TearDown
	public void tearDown() {
		this.encoded.release();
	}

	/**
	 * Encode as the runtime does.
	 * @return something of the result
	 * @throws TException if that fails
	 */
	@Benchmark
	public int encode() throws TException {
		ByteBuf body = this.codec.encodeBody(this.struct, this.protocol, "echo", ByteBufAllocator.DEFAULT);
		int length = body.readableBytes();
		body.release();
		return length;
	}

	/**
	 * Encode with libthrift.
	 * @return something of the result
	 * @throws TException if that fails
	 */
	@Benchmark
	public int encodeByLibthrift() throws TException {
		TMemoryBuffer buffer = new TMemoryBuffer(this.encodedBytes.length);
		this.struct.write(this.libthriftProtocol.getProtocol(buffer));
		return buffer.length();
	}

	/**
	 * Decode as the runtime does.
	 * @return the result
	 * @throws TException if that fails
	 */
	@Benchmark
	public TBase<?, ?> decode() throws TException {
		TBase<?, ?> target = this.emptyStruct.deepCopy();
		this.codec.decodeBody(target, this.protocol, this.encoded.readerIndex(0));
		return target;
	}

	/**
	 * Decode with libthrift.
	 * @return the result
	 * @throws TException if that fails
	 */
	@Benchmark
	public TBase<?, ?> decodeByLibthrift() throws TException {
		TBase<?, ?> target = this.emptyStruct.deepCopy();
		target.read(this.libthriftProtocol.getProtocol(new TMemoryInputTransport(this.encodedBytes)));
		return target;
	}

}
