package io.github.thriftboot.netty.protocol;

import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;

/**
 * The call by which one side asks whether the other one lives: a method of a reserved
 * name, without arguments and without a value. Its arguments and its result are a struct
 * with nothing set, which is the same in every service. Immutable and thread-safe.
 */
public final class Ping implements TSerializable {

	/**
	 * The name of the method, without a service prefix.
	 */
	public static final String METHOD = "$ping";

	/**
	 * The arguments, and the result.
	 */
	public static final Ping EMPTY = new Ping();

	private static final TStruct STRUCT = new TStruct("empty");

	private Ping() {
	}

	/**
	 * Not supported: nobody looks into a ping, nor into its answer.
	 */
	@Override
	public void read(TProtocol protocol) {
		throw new IllegalStateException("a ping is only written");
	}

	@Override
	public void write(TProtocol protocol) throws TException {
		protocol.writeStructBegin(STRUCT);
		protocol.writeFieldStop();
		protocol.writeStructEnd();
	}

}
