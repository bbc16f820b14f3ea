package io.github.thriftboot.netty.context;

import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import io.github.thriftboot.netty.protocol.MessageLimits;
import org.jspecify.annotations.Nullable;

/**
 * The call that a handler is handling. The context is bound to the thread on which the
 * handler is called; a handler that goes on elsewhere takes it along. Thread-safe.
 */
public final class ThriftContext {

	private static final ThreadLocal<@Nullable ThriftContext> CURRENT = new ThreadLocal<>();

	private final String service;

	private final String method;

	private final @Nullable SocketAddress peer;

	private final Map<String, String> headers;

	private final @Nullable Long deadlineNanos;

	private final HeaderMap replyHeaders;

	private final @Nullable SSLSession tlsSession;

	private volatile @Nullable Map<String, Object> attributes;

	/**
	 * Create the context of a call that came without TLS.
	 * @param service the name of the service
	 * @param method the name of the method
	 * @param peer the address of the caller
	 * @param headers the headers of the request
	 * @param deadlineNanos when the caller stops waiting, as {@link System#nanoTime()},
	 * {@code null} if it did not tell
	 * @param limits bound the headers of the reply
	 */
	public ThriftContext(String service, String method, @Nullable SocketAddress peer, Map<String, String> headers,
			@Nullable Long deadlineNanos, MessageLimits limits) {
		this(service, method, peer, headers, deadlineNanos, limits, null);
	}

	/**
	 * Create the context of a call.
	 * @param service the name of the service
	 * @param method the name of the method
	 * @param peer the address of the caller
	 * @param headers the headers of the request
	 * @param deadlineNanos when the caller stops waiting, as {@link System#nanoTime()},
	 * {@code null} if it did not tell
	 * @param limits bound the headers of the reply
	 * @param tlsSession the TLS session of the connection, or {@code null}
	 */
	public ThriftContext(String service, String method, @Nullable SocketAddress peer, Map<String, String> headers,
			@Nullable Long deadlineNanos, MessageLimits limits, @Nullable SSLSession tlsSession) {
		this.service = service;
		this.method = method;
		this.peer = peer;
		this.headers = headers;
		this.deadlineNanos = deadlineNanos;
		this.replyHeaders = new HeaderMap(limits.maxHeaders(), limits.maxHeaderSize(), Map.of());
		this.tlsSession = tlsSession;
	}

	/**
	 * Return the context of the call that this thread is handling.
	 * @return the context, or {@code null} if it is handling none
	 */
	public static @Nullable ThriftContext current() {
		return CURRENT.get();
	}

	/**
	 * Bind a context to the current thread.
	 * @param context the context, or {@code null} to bind none
	 * @return what was bound before, to be bound again afterwards
	 */
	public static @Nullable ThriftContext bind(@Nullable ThriftContext context) {
		ThriftContext previous = CURRENT.get();
		// not removed: to make the entry of a thread anew for each call costs more than
		// an empty one
		CURRENT.set(context);
		return previous;
	}

	/**
	 * Return the name of the service that was called.
	 * @return the name on the wire
	 */
	public String service() {
		return this.service;
	}

	/**
	 * Return the name of the method that was called.
	 * @return the name in the IDL
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Return the address of the caller.
	 * @return an {@link java.net.InetSocketAddress}; for a call that came over a Unix
	 * socket a {@link java.net.UnixDomainSocketAddress}, whose path is mostly empty; or
	 * {@code null} if it is not known
	 */
	public @Nullable SocketAddress peer() {
		return this.peer;
	}

	/**
	 * Return the TLS session of the connection that the call came on.
	 * @return the session, which tells version and cipher suite, or {@code null} without
	 * TLS
	 */
	public @Nullable SSLSession tlsSession() {
		return this.tlsSession;
	}

	/**
	 * Return the certificate of the caller, which the server has found valid.
	 * @return the certificate, or {@code null} if the caller has shown none
	 */
	public @Nullable X509Certificate peerCertificate() {
		SSLSession session = this.tlsSession;
		try {
			return (session != null && session.getPeerCertificates()[0] instanceof X509Certificate certificate)
					? certificate : null;
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	/**
	 * Return the headers of the request.
	 * @return the headers, empty for a caller whose dialect has none; not modifiable
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

	/**
	 * Return how long the caller still waits.
	 * @return the time, zero if it waits no more, {@code null} if it did not tell
	 */
	public @Nullable Duration timeLeft() {
		Long deadline = this.deadlineNanos;
		return (deadline != null) ? Duration.ofNanos(Math.max(0, deadline - System.nanoTime())) : null;
	}

	/**
	 * Return how long the caller still waits.
	 * @return nanoseconds, not positive if it waits no more, {@link Long#MAX_VALUE} if it
	 * did not tell
	 */
	public long nanosLeft() {
		Long deadline = this.deadlineNanos;
		return (deadline != null) ? deadline - System.nanoTime() : Long.MAX_VALUE;
	}

	/**
	 * Return an attribute of the call.
	 * @param name the name
	 * @return what an interceptor or the handler put there, or {@code null}
	 */
	public @Nullable Object attribute(String name) {
		Map<String, Object> attributes = this.attributes;
		return (attributes != null) ? attributes.get(name) : null;
	}

	/**
	 * Set an attribute of the call, for the interceptors and the handler that come after.
	 * It never leaves the server.
	 * @param name the name
	 * @param value the value, {@code null} to remove it
	 */
	public void attribute(String name, @Nullable Object value) {
		Map<String, Object> attributes = this.attributes;
		if (attributes == null) {
			synchronized (this) {
				attributes = this.attributes;
				if (attributes == null) {
					attributes = new ConcurrentHashMap<>();
					this.attributes = attributes;
				}
			}
		}
		if (value != null) {
			attributes.put(name, value);
		}
		else {
			attributes.remove(name);
		}
	}

	/**
	 * Send a header with the reply, if the caller's dialect has headers.
	 * @param name the name
	 * @param value the value
	 * @throws IllegalArgumentException if that makes more headers than the limits of the
	 * server allow, 64 or 8 KiB by default, some of which are left to the runtime
	 */
	public void replyHeader(String name, String value) {
		this.replyHeaders.put(name, value);
	}

	/**
	 * Return the headers to send with the reply.
	 * @return a copy
	 */
	public Map<String, String> replyHeaders() {
		return this.replyHeaders.copy();
	}

}
