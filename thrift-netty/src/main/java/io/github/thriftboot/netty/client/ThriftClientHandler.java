package io.github.thriftboot.netty.client;

import java.nio.channels.ClosedChannelException;

import javax.net.ssl.SSLHandshakeException;

import io.github.thriftboot.netty.protocol.Drain;
import io.github.thriftboot.netty.protocol.MalformedMessageException;
import io.github.thriftboot.netty.protocol.ThriftMessage;
import io.github.thriftboot.netty.protocol.ThriftTransport;
import io.github.thriftboot.netty.protocol.WireText;
import io.github.thriftboot.netty.tls.ClientTls;
import io.github.thriftboot.netty.tls.TlsException;
import io.github.thriftboot.netty.transport.EndlessMessageException;
import io.github.thriftboot.netty.transport.FrameDecoder;
import io.github.thriftboot.netty.transport.OversizedFrame;
import io.github.thriftboot.netty.transport.UnframedDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.apache.thrift.protocol.TProtocolException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what happens on a channel into events of its {@link ThriftConnection}.
 */
final class ThriftClientHandler extends ChannelInboundHandlerAdapter {

	private static final Logger logger = LoggerFactory.getLogger(ThriftClientHandler.class);

	private static final String TLS_1_3 = "TLSv1.3";

	private final ThriftConnection connection;

	private final Endpoint endpoint;

	/**
	 * Speaks TLS, or looks whether the peer does.
	 */
	private final ChannelHandler security;

	/**
	 * Whether the peer may still refuse the handshake: in TLS 1.3 it sees the certificate
	 * of the client only when the client is done.
	 */
	private boolean refusable;

	private @Nullable Throwable failure;

	ThriftClientHandler(ThriftConnection connection, Endpoint endpoint) {
		this.connection = connection;
		this.endpoint = endpoint;
		ConnectionOptions options = endpoint.options();
		this.security = (options.tls() != null) ? options.tls()
			.newHandler(endpoint.key().certifiedHost(), endpoint.key().port(),
					Math.max(1, options.settings().connectTimeout().toMillis()))
				: ClientTls.newAlertDetector();
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		ConnectionOptions options = this.endpoint.options();
		ChannelHandler decoder = (options.transport() == ThriftTransport.UNFRAMED)
				? new UnframedDecoder(options.protocol(), options.limits())
				: new FrameDecoder(options.limits().maxFrameSize());
		context.pipeline().addBefore(context.name(), null, this.security);
		if (options.tls() != null) {
			context.pipeline().addBefore(context.name(), null, new DecryptedReads());
		}
		context.pipeline().addBefore(context.name(), null, decoder);
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		if (this.endpoint.options().tls() == null) {
			this.connection.onConnected(context.channel(), false);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent handshake) {
			if (handshake.isSuccess()) {
				this.refusable = this.security instanceof SslHandler tls
						&& TLS_1_3.equals(tls.engine().getSession().getProtocol());
				// when the last message of the handshake is on its way
				context.executor().execute(() -> onSecure(context.channel()));
			}
			else {
				this.connection.onRefused(context.channel(), TlsException.ofHandshake(handshake.cause()));
			}
		}
		else if (event instanceof SslCloseCompletionEvent) {
			// nothing that is written from now on would go out
			context.close();
		}
	}

	private void onSecure(Channel channel) {
		if (channel.isActive()) {
			this.connection.onConnected(channel, this.refusable);
		}
		else {
			this.connection.onRefused(channel, TlsException.ofHandshake(new ClosedChannelException()));
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.connection.onDisconnected(context.channel(), this.failure);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf frame) {
			onFrame(context, frame);
		}
		else if (message instanceof OversizedFrame frame) {
			onOversizedFrame(context, frame);
		}
		else {
			ReferenceCountUtil.release(message);
		}
	}

	private void onFrame(ChannelHandlerContext context, ByteBuf frame) {
		ThriftMessage reply = null;
		try {
			reply = decode(frame);
		}
		catch (MalformedMessageException ex) {
			onMalformed(context, ex);
		}
		finally {
			if (reply == null) {
				frame.release();
			}
		}
		if (reply != null && isAnnounced() && Drain.isTold(reply)) {
			reply.release();
			this.connection.onServerStops();
		}
		else if (reply != null) {
			this.connection.onReply(reply);
		}
	}

	/**
	 * Whether the server knows that we leave when it tells us to: what tells it is a
	 * header.
	 */
	private boolean isAnnounced() {
		return this.endpoint.options().transport() == ThriftTransport.HEADER;
	}

	private void onOversizedFrame(ChannelHandlerContext context, OversizedFrame frame) {
		ThriftMessage reply = null;
		try {
			reply = decode(frame.head());
			if (reply != null) {
				this.connection.onOversizedReply(reply.sequenceId(), frame.length());
			}
		}
		catch (MalformedMessageException ex) {
			if (ex.envelope() != null) {
				// such as a compressed one, which cannot be inflated from its head alone
				this.connection.onOversizedReply(ex.sequenceId(), frame.length());
			}
			else {
				onMalformed(context, ex);
			}
		}
		finally {
			// a message owns the frame, or what the frame was inflated to
			((reply != null) ? reply.body() : frame.head()).release();
		}
	}

	private @Nullable ThriftMessage decode(ByteBuf frame) throws MalformedMessageException {
		ConnectionOptions options = this.endpoint.options();
		return this.endpoint.codec().decode(options.transport(), options.protocol(), frame);
	}

	/**
	 * A reply whose call is known fails that call; otherwise nothing tells whose reply is
	 * missing, and the connection is of no use.
	 */
	private void onMalformed(ChannelHandlerContext context, MalformedMessageException malformed) {
		if (malformed.envelope() != null) {
			this.connection.onUnusableReply(malformed.sequenceId(), malformed.toApplicationException());
			return;
		}
		String text = WireText.printable(String.valueOf(malformed.getMessage()));
		onOutOfStep(context, new TProtocolException("unreadable reply: " + text));
	}

	/**
	 * A reply without an end fails its call, if it tells whose it is.
	 */
	private void onEndlessReply(EndlessMessageException endless) {
		ByteBuf head = endless.head();
		try {
			ThriftMessage reply = decode(head);
			if (reply != null) {
				this.connection.onUnusableReply(reply.sequenceId(),
						new TProtocolException(TProtocolException.INVALID_DATA,
								WireText.printable(reply.name()) + ": reply cannot be read: " + endless.getMessage(),
								endless));
			}
		}
		catch (MalformedMessageException ex) {
			// then it is not known whose reply is missing
			logger.debug("Reply from {} has no head", this.endpoint.address(), ex);
		}
		finally {
			head.release();
		}
	}

	private void onOutOfStep(ChannelHandlerContext context, Exception cause) {
		logger.warn("Closed connection to {}: {} (spoken there: {})", this.endpoint.address(),
				WireText.printable(String.valueOf(cause.getMessage())), this.endpoint.options().spoken());
		this.failure = cause;
		this.connection.onOutOfStep(context.channel(), cause);
		context.close();
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		this.connection.onReadComplete();
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (context.channel().isWritable()) {
			this.connection.drain();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (cause instanceof EndlessMessageException endless) {
			onEndlessReply(endless);
		}
		if (cause instanceof CorruptedFrameException corrupted) {
			onOutOfStep(context, corrupted);
			return;
		}
		if (cause instanceof TlsException refusal) {
			this.connection.onRefused(context.channel(), refusal);
		}
		else if (this.refusable && cause.getCause() instanceof SSLHandshakeException refusal) {
			this.connection.onRefused(context.channel(), TlsException.ofHandshake(refusal));
		}
		this.failure = cause;
		logger.debug("Closed connection to {}", this.endpoint.address(), cause);
		context.close();
	}

}
