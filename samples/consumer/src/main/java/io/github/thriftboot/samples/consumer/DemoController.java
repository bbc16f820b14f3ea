package io.github.thriftboot.samples.consumer;

import java.util.Map;
import java.util.TreeMap;

import org.apache.thrift.TException;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What {@code demo.sh} asks for beside the shop itself.
 */
@RestController
class DemoController {

	private final UserClient users;

	private final Traffic traffic;

	DemoController(UserClient users, Traffic traffic) {
		this.users = users;
		this.traffic = traffic;
	}

	/** Calls so many times and counts who answered. */
	@GetMapping("/who")
	Map<String, Integer> who(@RequestParam(defaultValue = "300") int calls) throws TException {
		Map<String, Integer> answers = new TreeMap<>();
		for (int i = 0; i < calls; i++) {
			answers.merge(this.users.getUser(1).getAnsweredBy(), 1, Integer::sum);
		}
		return answers;
	}

	@PostMapping("/traffic")
	void startTraffic(@RequestParam(defaultValue = "4") int callers) {
		this.traffic.start(callers);
	}

	@GetMapping("/traffic")
	Map<String, Long> traffic() {
		return this.traffic.counts();
	}

}
