package io.github.thriftboot.netty.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Keeps reads that held nothing but messages of TLS itself from being told as reads: they
 * say nothing about the server behind.
 */
final class DecryptedReads extends ChannelInboundHandlerAdapter {

	private boolean read;

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.read = true;
		context.fireChannelRead(message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.read) {
			this.read = false;
			context.fireChannelReadComplete();
		}
	}

}
