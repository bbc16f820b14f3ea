package io.github.thriftboot.client;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.thriftboot.netty.client.InstanceSource;
import io.github.thriftboot.netty.client.ThriftInstance;
import io.github.thriftboot.netty.registry.InstanceMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Instances from a registry that says that something may have changed, but not what.
 * Subclasses read the registry and call {@link #refresh()} at such a time; what is the
 * same as before is told to nobody, and what could not be read neither, so the last good
 * list stays in use. Thread-safe.
 * <p>
 * The registry is not read before {@linkplain #getPhase() lifecycle beans of phase 0}
 * have started: that is where applications register themselves, and to ask a registry's
 * client earlier would freeze an incomplete registration. An application that registers
 * later, because its web server chooses the port, reads the registry when its context is
 * refreshed.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public abstract class RegistryInstanceSource
		implements InstanceSource, SmartLifecycle, ApplicationListener<ContextRefreshedEvent> {

	private static final Logger logger = LoggerFactory.getLogger(RegistryInstanceSource.class);

	private static final int PHASE_AFTER_REGISTRATION = 1;

	private final ApplicationContext context;

	/**
	 * One refresh at a time: an older answer of the registry must not overtake a newer.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private final List<Follower> followers = new CopyOnWriteArrayList<>();

	private volatile boolean running;

	private volatile boolean failing;

	/**
	 * Create a source that does not read yet.
	 * @param context the context that has this source as a bean
	 */
	protected RegistryInstanceSource(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Whether this application is still going to register itself.
	 * @return {@code true} if the registry must not be read yet
	 */
	protected abstract boolean isRegistrationPending();

	/**
	 * Read what the registry knows at this moment. Instances without our metadata may be
	 * left out.
	 * @param application the name of the application to read, or {@code null} for all
	 * @return the instances that are up, or {@code null} if the registry's client has not
	 * yet heard of the registry
	 * @throws RuntimeException if the registry cannot be read
	 */
	protected abstract @Nullable List<ThriftInstance> read(@Nullable String application);

	/**
	 * Return the zone that this application is in, as its registration or its
	 * configuration tells. May be called before the registry is read.
	 * @return the name of the zone, or {@code null} if it is not known; by default that
	 * of Spring Cloud's own load balancer
	 */
	public @Nullable String zone() {
		return this.context.getEnvironment().getProperty("spring.cloud.loadbalancer.zone");
	}

	@Override
	public Subscription subscribe(String service, Consumer<List<ThriftInstance>> listener) {
		return subscribe(service, List.of(), listener);
	}

	/**
	 * Return a source that tells the instances of some applications only, as one list.
	 * @param applications the names of the applications in the registry, empty for all
	 * @return the source
	 */
	public InstanceSource ofApplications(List<String> applications) {
		List<String> copy = List.copyOf(applications);
		return (service, listener) -> subscribe(service, copy, listener);
	}

	private Subscription subscribe(String service, List<String> applications, Consumer<List<ThriftInstance>> listener) {
		Follower follower = new Follower(service, applications, listener);
		this.followers.add(follower);
		refresh(List.of(follower));
		return () -> this.followers.remove(follower);
	}

	/**
	 * Read the registry and tell what has changed.
	 */
	protected final void refresh() {
		refresh(this.followers);
	}

	private void refresh(List<Follower> followers) {
		if (!this.running) {
			return;
		}
		this.lock.lock();
		try {
			Map<@Nullable String, @Nullable List<ThriftInstance>> known = new HashMap<>();
			for (Follower follower : followers) {
				List<ThriftInstance> instances = readAll(follower.applications, known);
				if (instances != null) {
					follower.tell(instances);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Read each application once for all followers.
	 * @return the instances, or {@code null} if not all could be read
	 */
	private @Nullable List<ThriftInstance> readAll(List<String> applications,
			Map<@Nullable String, @Nullable List<ThriftInstance>> known) {
		if (applications.isEmpty()) {
			return readOnce(null, known);
		}
		List<ThriftInstance> instances = new ArrayList<>();
		for (String application : applications) {
			List<ThriftInstance> own = readOnce(application, known);
			if (own == null) {
				return null;
			}
			instances.addAll(own);
		}
		return instances;
	}

	private @Nullable List<ThriftInstance> readOnce(@Nullable String application,
			Map<@Nullable String, @Nullable List<ThriftInstance>> known) {
		if (!known.containsKey(application)) {
			known.put(application, readIfPossible(application));
		}
		return known.get(application);
	}

	private @Nullable List<ThriftInstance> readIfPossible(@Nullable String application) {
		try {
			List<ThriftInstance> instances = read(application);
			this.failing = false;
			return instances;
		}
		catch (RuntimeException ex) {
			if (!this.failing) {
				logger.warn("{} cannot be read; the last known instances stay in use", this, ex);
			}
			this.failing = true;
			return null;
		}
	}

	@Override
	public void start() {
		if (!isRegistrationPending()) {
			follow();
		}
	}

	/**
	 * Start what has not started before. Runs before a Thrift server lets its handlers,
	 * which may be callers, begin.
	 * @param event the event of this context, or of a child
	 */
	@Override
	public final void onApplicationEvent(ContextRefreshedEvent event) {
		if (event.getApplicationContext() == this.context && !this.running) {
			follow();
		}
	}

	private void follow() {
		this.running = true;
		refresh();
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE_AFTER_REGISTRATION;
	}

	/**
	 * A subscription and what it was told last.
	 */
	private static final class Follower {

		private final String service;

		private final List<String> applications;

		private final Consumer<List<ThriftInstance>> listener;

		private @Nullable List<ThriftInstance> last;

		Follower(String service, List<String> applications, Consumer<List<ThriftInstance>> listener) {
			this.service = service;
			this.applications = applications;
			this.listener = listener;
		}

		void tell(List<ThriftInstance> known) {
			// registries shuffle
			List<ThriftInstance> instances = known.stream()
				.filter(this::exportsService)
				.distinct()
				.sorted(Comparator.comparing(ThriftInstance::address))
				.toList();
			if (!instances.equals(this.last)) {
				this.last = instances;
				this.listener.accept(instances);
			}
		}

		private boolean exportsService(ThriftInstance instance) {
			InstanceMetadata metadata = InstanceMetadata.parse(instance.metadata());
			if (metadata == null) {
				return false;
			}
			// an application that was named need not list its services
			return metadata.services().contains(this.service)
					|| (!this.applications.isEmpty() && metadata.services().isEmpty());
		}

	}

}
