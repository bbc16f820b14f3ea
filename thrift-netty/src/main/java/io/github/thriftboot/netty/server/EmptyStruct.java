package io.github.thriftboot.netty.server;

import org.apache.thrift.TException;
import org.apache.thrift.TSerializable;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;

/**
 * A struct with nothing set, which is the answer to a ping in every protocol.
 */
final class EmptyStruct implements TSerializable {

	static final EmptyStruct INSTANCE = new EmptyStruct();

	private static final TStruct STRUCT = new TStruct("empty");

	private EmptyStruct() {
	}

	@Override
	public void read(TProtocol protocol) {
		throw new IllegalStateException("an empty struct is only written");
	}

	@Override
	public void write(TProtocol protocol) throws TException {
		protocol.writeStructBegin(STRUCT);
		protocol.writeFieldStop();
		protocol.writeStructEnd();
	}

}
