package io.github.thriftboot.netty.client;

import java.util.List;

/**
 * Sends each call to the first instance of the list, and then to the next one, so that a
 * test knows where a call goes.
 */
final class FirstUntried implements LoadBalancer {

	@Override
	public Picker picker(List<? extends Candidate> candidates) {
		return (request) -> {
			for (Candidate candidate : candidates) {
				if (!request.tried(candidate)) {
					return candidate;
				}
			}
			return null;
		};
	}

}
