package io.github.thriftboot.netty.client;

import java.util.Collection;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What calls choose from: first those instances that are preferred, then, for calls that
 * were tried at all of them, any. Immutable and thread-safe.
 *
 * @param preferred picks among those of the own zone that are not left out for failures
 * @param any picks among all
 */
record Selection(LoadBalancer.Picker preferred, LoadBalancer.Picker any) {

	private static final Logger logger = LoggerFactory.getLogger(Selection.class);

	private static final LoadBalancer.Picker NOTHING = (request) -> null;

	private static final Selection EMPTY = new Selection(NOTHING, NOTHING);

	/**
	 * Make a selection.
	 * @param candidates the instances that calls can go to
	 * @param known those of which the candidates are a part
	 * @param ejected those that failed and should be left out
	 * @param options how to balance
	 * @return the selection
	 */
	static Selection of(Collection<Member> candidates, Collection<Member> known, Set<Endpoint> ejected,
			BalancingOptions options) {
		List<Member> usable = weighty(candidates);
		if (usable.isEmpty()) {
			return EMPTY;
		}
		List<Member> possible = weighty(known);
		List<Member> healthy = withoutEjected(usable, possible.size(), ejected, options.outlierEjection());
		List<Member> preferred = ofOwnZone(healthy, possible, options);
		LoadBalancer.Picker any = picker(usable, options);
		return new Selection((preferred.size() == usable.size()) ? any : picker(preferred, options), any);
	}

	/**
	 * Leave out those of weight 0, unless all have it: then they count the same.
	 * @param members instances
	 * @return those that get calls, with a weight above 0
	 */
	static List<Member> weighty(Collection<Member> members) {
		List<Member> weighty = members.stream().filter((member) -> member.weight() > 0).toList();
		return weighty.isEmpty() ? members.stream().map((member) -> member.withWeight(1)).toList() : weighty;
	}

	private static List<Member> withoutEjected(List<Member> usable, int possible, Set<Endpoint> ejected,
			OutlierEjection options) {
		List<Member> healthy = usable.stream().filter((member) -> !ejected.contains(member.endpoint())).toList();
		boolean panic = healthy.isEmpty() || healthy.size() * 100L < (long) options.panicPercent() * possible;
		return panic ? usable : healthy;
	}

	private static List<Member> ofOwnZone(List<Member> healthy, List<Member> possible, BalancingOptions options) {
		String zone = options.zone();
		if (zone == null) {
			return healthy;
		}
		List<Member> own = healthy.stream().filter((member) -> zone.equals(member.instance().zone())).toList();
		long all = possible.stream().filter((member) -> zone.equals(member.instance().zone())).count();
		boolean enough = !own.isEmpty() && own.size() * 100L >= options.zoneThreshold() * all;
		return enough ? own : healthy;
	}

	private static LoadBalancer.Picker picker(List<Member> members, BalancingOptions options) {
		try {
			return options.loadBalancer().picker(members);
		}
		catch (RuntimeException ex) {
			// whoever tells a new list or lost a connection cannot do anything about it
			logger.error("{} made no picker for {} instances, they are picked at random", options.loadBalancer(),
					members.size(), ex);
			return StandardLoadBalancer.WEIGHTED_RANDOM.picker(members);
		}
	}

	/**
	 * Pick an instance for a call.
	 * @param request the call
	 * @return the instance, or {@code null} if the call was tried at all
	 */
	LoadBalancer.@Nullable Candidate pick(LoadBalancer.Request request) {
		LoadBalancer.Candidate candidate = this.preferred.pick(request);
		return (candidate == null && this.any != this.preferred) ? this.any.pick(request) : candidate;
	}

}
