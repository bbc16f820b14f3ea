package io.github.thriftboot.samples.provider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.thriftboot.samples.api.Address;
import io.github.thriftboot.samples.api.Tier;
import io.github.thriftboot.samples.api.User;
import io.github.thriftboot.samples.api.UserNotFound;
import io.github.thriftboot.samples.api.UserService;
import io.github.thriftboot.samples.api.Visit;
import io.github.thriftboot.samples.api.VisitCount;
import io.github.thriftboot.server.ThriftServer;

import org.springframework.beans.factory.annotation.Value;

/**
 * The users, in memory. Thread-safe: handlers run concurrently.
 */
@ThriftServer
class UserServiceHandler implements UserService.Iface {

	private final String instance;

	private final Map<Long, User> users = new HashMap<>();

	private final Map<Long, Map<String, Long>> visits = new ConcurrentHashMap<>();

	UserServiceHandler(@Value("${shop.instance}") String instance) {
		this.instance = instance;
		add(new User(1, "Ada", Tier.PREMIUM, List.of("ada@example.org", "countess@example.org"))
			.setAddress(new Address("12 St James's Square", "London", "GB")));
		add(new User(2, "Edsger", Tier.STANDARD, List.of("ewd@example.org")));
		add(new User(3, "Grace", Tier.PREMIUM, List.of()));
	}

	private void add(User user) {
		this.users.put(user.getId(), user.setAnsweredBy(this.instance));
	}

	@Override
	public User getUser(long id) throws UserNotFound {
		User user = this.users.get(id);
		if (user == null) {
			throw new UserNotFound(id, "no such user");
		}
		return user;
	}

	@Override
	public Map<Long, User> getUsers(Set<Long> ids) {
		Map<Long, User> found = new HashMap<>(this.users);
		found.keySet().retainAll(ids);
		return found;
	}

	@Override
	public void recordVisit(Visit visit) {
		this.visits.computeIfAbsent(visit.getUserId(), (id) -> new ConcurrentHashMap<>())
			.merge(visit.getPage(), 1L, Long::sum);
	}

	@Override
	public VisitCount countVisits(long userId) {
		Map<String, Long> byPage = Map.copyOf(this.visits.getOrDefault(userId, Map.of()));
		long total = byPage.values().stream().mapToLong(Long::longValue).sum();
		return new VisitCount(userId, total, byPage).setAnsweredBy(this.instance);
	}

}
