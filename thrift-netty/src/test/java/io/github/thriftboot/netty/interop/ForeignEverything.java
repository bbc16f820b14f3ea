package io.github.thriftboot.netty.interop;

import io.github.thriftboot.test.types.Everything;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TField;
import org.apache.thrift.protocol.TList;
import org.apache.thrift.protocol.TMap;
import org.apache.thrift.protocol.TProtocol;
import org.apache.thrift.protocol.TStruct;
import org.apache.thrift.protocol.TType;

/**
 * A struct as a peer with another version of the IDL writes it.
 */
final class ForeignEverything extends Everything {

	private static final long serialVersionUID = 1L;

	private final transient Wire.Content content;

	ForeignEverything(Wire.Content content) {
		this.content = content;
	}

	/**
	 * Make a struct with a colour that its reader does not know, alone and in a map.
	 * @return a new struct
	 */
	static ForeignEverything ofUnknownColour() {
		return new ForeignEverything(ForeignEverything::writeUnknownColour);
	}

	private static void writeUnknownColour(TProtocol protocol) throws TException {
		protocol.writeStructBegin(new TStruct("Everything"));
		protocol.writeFieldBegin(new TField("aColour", TType.I32, (short) 9));
		protocol.writeI32(99);
		protocol.writeFieldEnd();
		protocol.writeFieldBegin(new TField("byColour", TType.MAP, (short) 15));
		protocol.writeMapBegin(new TMap(TType.I32, TType.LIST, 1));
		protocol.writeI32(99);
		protocol.writeListBegin(new TList(TType.STRUCT, 0));
		protocol.writeListEnd();
		protocol.writeMapEnd();
		protocol.writeFieldEnd();
		protocol.writeFieldStop();
		protocol.writeStructEnd();
	}

	@Override
	public void write(TProtocol protocol) throws TException {
		this.content.write(protocol);
	}

}
