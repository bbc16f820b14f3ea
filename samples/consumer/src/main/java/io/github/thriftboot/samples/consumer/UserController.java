package io.github.thriftboot.samples.consumer;

import java.util.List;
import java.util.Map;

import io.github.thriftboot.samples.api.Tier;
import io.github.thriftboot.samples.api.User;
import io.github.thriftboot.samples.api.Visit;
import io.github.thriftboot.samples.api.VisitCount;
import org.apache.thrift.TException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Users over HTTP.
 */
@RestController
@RequestMapping("/users/{id}")
class UserController {

	private final UserClient users;

	UserController(UserClient users) {
		this.users = users;
	}

	@GetMapping
	UserView user(@PathVariable long id) throws TException {
		User user = this.users.getUser(id);
		String city = user.isSetAddress() ? user.getAddress().getCity() : null;
		return new UserView(user.getId(), user.getName(), user.getTier(), city, user.getEmails(), user.getAnsweredBy());
	}

	@PostMapping("/visits")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void recordVisit(@PathVariable long id, @RequestParam String page) throws TException {
		this.users.recordVisit(new Visit(id, page));
	}

	@GetMapping("/visits")
	VisitsView visits(@PathVariable long id) throws TException {
		VisitCount count = this.users.countVisits(id);
		return new VisitsView(count.getTotal(), count.getByPage(), count.getAnsweredBy());
	}

	record UserView(long id, String name, Tier tier, @Nullable String city, List<String> emails, String answeredBy) {

	}

	record VisitsView(long total, Map<String, Long> byPage, String answeredBy) {

	}

}
