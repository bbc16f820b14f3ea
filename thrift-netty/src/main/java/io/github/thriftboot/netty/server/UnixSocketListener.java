package io.github.thriftboot.netty.server;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket that a server listens on, and its file. A file that a process has left
 * behind is replaced; one where somebody listens, or that is no socket, is left alone.
 * Thread-safe.
 */
final class UnixSocketListener {

	private static final Logger logger = LoggerFactory.getLogger(UnixSocketListener.class);

	private static final int FILE_TYPE_MASK = 0170000;

	private static final int SOCKET_TYPE = 0140000;

	private final Path path;

	private volatile @Nullable Bound bound;

	UnixSocketListener(Path path) {
		this.path = path;
	}

	Path path() {
		return this.path;
	}

	/**
	 * Listen. Looks at the file system on the thread of the caller.
	 * @param bootstrap what becomes of connections
	 * @return completes when connections are accepted, or fails with a
	 * {@link UnixSocketException}
	 */
	CompletableFuture<Void> bind(ServerBootstrap bootstrap) {
		CompletableFuture<Void> result = new CompletableFuture<>();
		ServerSocketChannel socket;
		try {
			removeLeftover();
			socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		}
		catch (UnixSocketException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		catch (IOException | UnsupportedOperationException ex) {
			return CompletableFuture.failedFuture(failure(ex));
		}
		ChannelFuture binding = bootstrap.channelFactory(() -> new NioServerDomainSocketChannel(socket))
			.bind(UnixDomainSocketAddress.of(this.path));
		binding.addListener((future) -> {
			if (future.isSuccess()) {
				this.bound = new Bound(socket, binding.channel(), fileKey());
				result.complete(null);
			}
			else {
				result.completeExceptionally(failure(future.cause()));
			}
		});
		return result;
	}

	/**
	 * Make room for the socket's file. Only a socket that refuses connections is taken
	 * away: nobody else will ever listen on it again.
	 */
	private void removeLeftover() throws IOException {
		BasicFileAttributes found = attributes();
		if (found == null) {
			return;
		}
		if (!isSocket(found)) {
			throw new UnixSocketException("there is something that is no socket, it is left alone", false, null);
		}
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// a full backlog must not make us wait
			probe.configureBlocking(false);
			probe.connect(UnixDomainSocketAddress.of(this.path));
		}
		catch (ConnectException refused) {
			BasicFileAttributes left = attributes();
			if (left != null && Objects.equals(left.fileKey(), found.fileKey())) {
				logger.info("Removed {}, where nobody listens any more", this.path);
				Files.deleteIfExists(this.path);
			}
			return;
		}
		catch (IOException ex) {
			if (attributes() == null) {
				// its owner has just stopped
				return;
			}
			throw new UnixSocketException(
					"there is a socket, and whether anybody listens cannot be found out: " + ex.getMessage(), true, ex);
		}
		throw new UnixSocketException("another process listens there", true, null);
	}

	private boolean isSocket(BasicFileAttributes file) throws IOException {
		if (!this.path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
			return file.isOther();
		}
		int mode = (int) Files.getAttribute(this.path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		return (mode & FILE_TYPE_MASK) == SOCKET_TYPE;
	}

	private @Nullable BasicFileAttributes attributes() throws IOException {
		try {
			return Files.readAttributes(this.path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	private UnixSocketException failure(Throwable cause) {
		Path directory = this.path.getParent();
		String reason = String.valueOf(cause.getMessage());
		if (cause instanceof AccessDeniedException) {
			// its message is nothing but a path
			reason = "Permission denied";
		}
		else if (directory != null && Files.notExists(directory)) {
			reason = "there is no directory " + directory;
		}
		return new UnixSocketException(reason, false, cause);
	}

	/**
	 * Listen no more, and remove the file if it is still ours. It goes first: from then
	 * on another process may have the path.
	 * @return completes when nobody can connect any more, at once if nobody could
	 */
	CompletableFuture<Void> close() {
		Bound bound = this.bound;
		CompletableFuture<Void> result = new CompletableFuture<>();
		if (bound == null) {
			result.complete(null);
			return result;
		}
		// all at once for the event loop, which would else accept from a closed socket
		bound.channel.eventLoop().execute(() -> {
			removeFile(bound);
			closeSocket(bound);
			bound.channel.close().addListener((closed) -> result.complete(null));
		});
		return result;
	}

	/**
	 * Tell files of the same path apart, where the platform can.
	 */
	private @Nullable Object fileKey() {
		try {
			BasicFileAttributes file = attributes();
			return (file != null) ? file.fileKey() : null;
		}
		catch (IOException ex) {
			logger.debug("{} cannot be told apart", this.path, ex);
			return null;
		}
	}

	private void removeFile(Bound bound) {
		try {
			if (Objects.equals(fileKey(), bound.fileKey)) {
				Files.deleteIfExists(this.path);
			}
		}
		catch (IOException ex) {
			logger.warn("Cannot remove {}", this.path, ex);
		}
	}

	/**
	 * Close the socket before its channel, which would remove whatever has the path by
	 * then. A closed socket does not tell it the path.
	 */
	private void closeSocket(Bound bound) {
		try {
			bound.socket.close();
		}
		catch (IOException ex) {
			logger.debug("{} is closed", this.path, ex);
		}
	}

	private record Bound(ServerSocketChannel socket, Channel channel, @Nullable Object fileKey) {
	}

}
