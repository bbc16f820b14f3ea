package io.github.thriftboot.netty.client;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The instances of a service at one moment, and what calls choose from. Thread-safe.
 */
final class Snapshot {

	private final Map<Endpoint, Member> members;

	private final int size;

	private final long nanosToNextReturn;

	private final Choice up;

	private final Choice recovering;

	private Snapshot(Map<Endpoint, Member> members, Set<Endpoint> ejected, BalancingOptions options) {
		this.members = members;
		this.size = Selection.weighty(members.values()).size();
		List<Member> connected = new ArrayList<>();
		List<Member> connecting = new ArrayList<>();
		long nextReturn = Long.MAX_VALUE;
		for (Member member : members.values()) {
			long leftOut = member.nanosLeftOut();
			if (leftOut > 0) {
				nextReturn = Math.min(nextReturn, leftOut);
				continue;
			}
			// asked once: it may change meanwhile, but must not get lost
			switch (member.endpoint().status()) {
				case UP -> connected.add(member);
				case RECOVERING -> connecting.add(member);
				case DOWN -> {
				}
			}
		}
		this.nanosToNextReturn = nextReturn;
		this.up = choice(connected, ejected, options);
		this.recovering = choice(connecting, ejected, options);
	}

	private Choice choice(List<Member> candidates, Set<Endpoint> ejected, BalancingOptions options) {
		Selection all = Selection.of(candidates, this.members.values(), ejected, options);
		InstanceFilter filter = options.instanceFilter();
		return new Choice(all, (filter != null) ? new FilteredSelections(filter, candidates, ejected, options) : null);
	}

	/**
	 * Make a snapshot.
	 * @param members the instances
	 * @param ejected those that failed and should be left out
	 * @param options how to balance
	 * @param now the time by the clock of the list, in nanoseconds
	 * @return the snapshot
	 */
	static Snapshot of(Map<Endpoint, Member> members, Set<Endpoint> ejected, BalancingOptions options, long now) {
		Map<Endpoint, Member> present = new LinkedHashMap<>();
		long warmUp = options.warmUp().toNanos();
		members.forEach((endpoint, member) -> present.put(endpoint, member.at(now, warmUp)));
		return new Snapshot(present, ejected, options);
	}

	/**
	 * Return all instances, those that are down included.
	 * @return the instances by endpoint, in the order of the registry
	 */
	Map<Endpoint, Member> members() {
		return this.members;
	}

	/**
	 * Return how many instances share the calls when all are up.
	 * @return the number of those whose weight is not 0, unless all have it
	 */
	int size() {
		return this.size;
	}

	/**
	 * Return when the first of those that their guards have left out is to be back.
	 * @return nanoseconds from the moment of the snapshot, {@link Long#MAX_VALUE} if no
	 * time is set
	 */
	long nanosToNextReturn() {
		return this.nanosToNextReturn;
	}

	/**
	 * Whether there is an instance that a call did not go to and that may take it.
	 * @param call the call
	 * @return {@code false} if it was tried at all that can be reached
	 */
	boolean isAnyUntried(ThriftCall call) {
		return this.members.values().stream().anyMatch((member) -> member.isReachable() && !call.tried(member));
	}

	/**
	 * Choose an instance for a call: one that is up, else one to which the connection is
	 * just being made again. Its guard has admitted the attempt.
	 * @param call the call
	 * @return the choice, or {@code null} if there is none
	 */
	@Nullable Member choose(ThriftCall call) {
		Member member = pick(call, call);
		return (member == null || member.admits()) ? member : chooseAnother(call, member);
	}

	/**
	 * Choose among those whose guards have not refused the call. This is not for the
	 * common case: guards that refuse for longer keep their instances out of the
	 * snapshot.
	 */
	private @Nullable Member chooseAnother(ThriftCall call, Member first) {
		Set<Endpoint> refusing = new HashSet<>();
		LoadBalancer.Request request = new LoadBalancer.Request() {

			@Override
			public boolean tried(LoadBalancer.Candidate candidate) {
				return call.tried(candidate)
						|| candidate instanceof Member member && refusing.contains(member.endpoint());
			}

			@Override
			public @Nullable Object hashKey() {
				return call.hashKey();
			}

		};
		Member member = first;
		// ends even if a load balancer does not heed what it is told
		while (member != null && refusing.add(member.endpoint())) {
			member = pick(call, request);
			if (member != null && !refusing.contains(member.endpoint()) && member.admits()) {
				return member;
			}
		}
		return null;
	}

	private @Nullable Member pick(ThriftCall call, LoadBalancer.Request request) {
		LoadBalancer.Candidate candidate = this.up.pick(call, request);
		return (Member) ((candidate != null) ? candidate : this.recovering.pick(call, request));
	}

	/**
	 * What to choose from among the instances of one status.
	 *
	 * @param all without a filter
	 * @param filtered with the filter, or {@code null} if there is none
	 */
	private record Choice(Selection all, @Nullable FilteredSelections filtered) {

		LoadBalancer.@Nullable Candidate pick(ThriftCall call, LoadBalancer.Request request) {
			Selection selection = (this.filtered != null) ? this.filtered.find(call.requestHeaders()) : null;
			return (selection != null) ? selection.pick(request) : this.all.pick(request);
		}

	}

}
