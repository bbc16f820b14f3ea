package io.github.thriftboot.client.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.github.thriftboot.client.autoconfigure.InstanceCacheFile.Saved;
import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Keeps what a registry tells in a file, for a start while the registry is away: a list
 * of the file is in use until the registry has answered for the first time. A list is
 * never older than when a process last used it, so a registry that is away for long does
 * not make it old. An empty list is not kept, it tells more about the registry than about
 * the instances. Whatever is wrong with the file is logged and costs no more than the
 * cache. Thread-safe; writes on a thread of its own.
 */
final class InstanceCache implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(InstanceCache.class);

	/**
	 * Changes within this time are written together.
	 */
	private static final Duration WRITE_DELAY = Duration.ofSeconds(5);

	/**
	 * How often the file is written if nothing changes, to tell that its lists are in
	 * use.
	 */
	private static final Duration MAX_RENEWAL = Duration.ofMinutes(10);

	private static final long CLOSE_TIMEOUT_SECONDS = 2;

	private final InstanceCacheFile file;

	private final Duration maxAge;

	private final Duration writeDelay;

	private final LongSupplier epochMillis;

	private final ScheduledThreadPoolExecutor writer;

	/**
	 * What the file will have. Guarded by itself, and so is the rest.
	 */
	private final Map<String, Saved> lists = new HashMap<>();

	private final Set<String> inUse = new HashSet<>();

	private boolean writePlanned;

	private boolean renewing;

	private boolean closed;

	private volatile boolean failing;

	/**
	 * Read the file, if there is one.
	 * @param path where it is, or will be
	 * @param maxAge how old a list may be to be of use
	 * @param writeDelay the time between a change and the file
	 * @param epochMillis the wall clock
	 */
	InstanceCache(Path path, Duration maxAge, Duration writeDelay, LongSupplier epochMillis) {
		this.file = new InstanceCacheFile(path);
		this.maxAge = maxAge;
		this.writeDelay = writeDelay;
		this.epochMillis = epochMillis;
		this.writer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "thrift-instance-cache");
			thread.setDaemon(true);
			return thread;
		});
		this.writer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		try {
			this.lists.putAll(this.file.read());
		}
		catch (IOException ex) {
			logger.warn("Instances are not kept in {}, which is left as it is: {}", this.file, ex.toString());
			this.closed = true;
		}
		catch (IllegalArgumentException ex) {
			logger.warn("Instances in {} are of no use and will be replaced: {}", this.file, ex.toString());
		}
	}

	/**
	 * Make the cache that is configured, and read its file.
	 * @param properties the configuration
	 * @return a new cache
	 * @throws InvalidConfigurationPropertyValueException if a property cannot work
	 */
	static InstanceCache of(ThriftRegistryCacheProperties properties) {
		Path path = properties.getFile();
		if (path == null) {
			throw new InvalidConfigurationPropertyValueException("thrift.client.registry-cache.file", "",
					"The file that keeps the instances needs a name; without the property nothing is kept.");
		}
		Duration maxAge = properties.getMaxAge();
		if (maxAge.isZero() || maxAge.isNegative()) {
			throw new InvalidConfigurationPropertyValueException("thrift.client.registry-cache.max-age", maxAge,
					"The age from which on kept instances are not called must be more than 0, such as '1d'.");
		}
		return new InstanceCache(path, maxAge, WRITE_DELAY, System::currentTimeMillis);
	}

	/**
	 * Keep what a source tells.
	 * @param source the source
	 * @param applications those that it is limited to, empty if it is not
	 * @return tells the same, and the kept list as long as the source tells none
	 */
	InstanceSource keeping(InstanceSource source, List<String> applications) {
		return (service, listener) -> {
			String name = applications.isEmpty() ? service : service + "@" + String.join(",", applications);
			Follower follower = new Follower(name, listener);
			InstanceSource.Subscription subscription = source.subscribe(service, follower::told);
			follower.useKept();
			return subscription;
		};
	}

	private @Nullable Saved kept(String name) {
		synchronized (this.lists) {
			Saved saved = this.lists.get(name);
			if (saved != null && isStale(saved)) {
				logger.warn("Instances of {} in {} are not used, they are older than {}", name, this.file, this.maxAge);
				return null;
			}
			return saved;
		}
	}

	private boolean isStale(Saved saved) {
		return this.epochMillis.getAsLong() - saved.usedMillis() > this.maxAge.toMillis();
	}

	private void keep(String name, List<ThriftInstance> instances) {
		synchronized (this.lists) {
			if (this.closed) {
				return;
			}
			if (!instances.isEmpty()) {
				this.lists.put(name, new Saved(this.epochMillis.getAsLong(), List.copyOf(instances)));
				this.inUse.add(name);
			}
			else if (this.inUse.remove(name)) {
				this.lists.computeIfPresent(name, (key, saved) -> saved.at(this.epochMillis.getAsLong()));
			}
			if (!this.writePlanned) {
				this.writePlanned = true;
				this.writer.schedule(this::write, this.writeDelay.toMillis(), TimeUnit.MILLISECONDS);
			}
			if (!this.renewing) {
				this.renewing = true;
				long renewal = Math.max(this.writeDelay.toMillis(),
						Math.min(this.maxAge.toMillis() / 4, MAX_RENEWAL.toMillis()));
				this.writer.scheduleWithFixedDelay(this::write, renewal, renewal, TimeUnit.MILLISECONDS);
			}
		}
	}

	private void write() {
		Map<String, Saved> present;
		synchronized (this.lists) {
			this.writePlanned = false;
			long now = this.epochMillis.getAsLong();
			this.inUse.forEach((name) -> this.lists.computeIfPresent(name, (key, saved) -> saved.at(now)));
			this.lists.values().removeIf(this::isStale);
			present = Map.copyOf(this.lists);
		}
		try {
			this.file.write(present);
			this.failing = false;
		}
		catch (IOException ex) {
			if (!this.failing) {
				logger.warn("Instances cannot be kept in {}", this.file, ex);
			}
			this.failing = true;
		}
	}

	/**
	 * Write what is in use, and end the thread.
	 */
	@Override
	public void close() {
		boolean used;
		synchronized (this.lists) {
			used = !this.closed && this.renewing;
			this.closed = true;
		}
		this.writer.shutdown();
		try {
			if (this.writer.awaitTermination(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS) && used) {
				write();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Stands between a source and a listener.
	 */
	private final class Follower {

		private final String name;

		private final Consumer<List<ThriftInstance>> listener;

		/**
		 * Guarded by this follower, as the listener is not to be called by two at once.
		 */
		private boolean answered;

		Follower(String name, Consumer<List<ThriftInstance>> listener) {
			this.name = name;
			this.listener = listener;
		}

		synchronized void told(List<ThriftInstance> instances) {
			this.answered = true;
			this.listener.accept(instances);
			keep(this.name, instances);
		}

		synchronized void useKept() {
			Saved saved = this.answered ? null : kept(this.name);
			if (saved != null) {
				logger.info("Instances of {} are {} until the registry answers, as {} had it {} ago", this.name,
						saved.instances().stream().map(ThriftInstance::address).toList(), InstanceCache.this.file,
						Duration.ofMillis(InstanceCache.this.epochMillis.getAsLong() - saved.usedMillis()));
				this.listener.accept(saved.instances());
			}
		}

	}

}
