package io.github.thriftboot.samples.consumer;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.thriftboot.client.ThriftFallback;
import io.github.thriftboot.samples.api.Tier;
import io.github.thriftboot.samples.api.User;
import io.github.thriftboot.samples.api.UserService;
import io.github.thriftboot.samples.api.Visit;
import io.github.thriftboot.samples.api.VisitCount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers for the user service while no instance can: a guest is better than an error
 * page.
 */
@ThriftFallback
class UserFallback implements UserService.Iface {

	private static final Logger logger = LoggerFactory.getLogger(UserFallback.class);

	@Override
	public User getUser(long id) {
		return new User(id, "guest", Tier.STANDARD, List.of()).setAnsweredBy("fallback");
	}

	@Override
	public Map<Long, User> getUsers(Set<Long> ids) {
		return Map.of();
	}

	@Override
	public void recordVisit(Visit visit) {
		logger.debug("Visit of user {} not recorded", visit.getUserId());
	}

	@Override
	public VisitCount countVisits(long userId) {
		return new VisitCount(userId, 0, Map.of()).setAnsweredBy("fallback");
	}

}
