package io.github.thriftboot.netty.server;

import java.util.List;

import io.github.thriftboot.netty.test.RawMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.apache.thrift.TException;

/**
 * Takes the replies out of an {@link EmbeddedChannel}.
 */
final class EmbeddedReplies {

	private EmbeddedReplies() {
	}

	static List<RawMessage> take(EmbeddedChannel channel) throws TException {
		ByteBuf stream = Unpooled.buffer();
		for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
			stream.writeBytes(part);
			part.release();
		}
		return RawMessage.parseAll(ByteBufUtil.getBytes(stream));
	}

}
