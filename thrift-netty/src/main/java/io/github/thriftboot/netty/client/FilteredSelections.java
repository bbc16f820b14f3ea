package io.github.thriftboot.netty.client;

import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Selections from what an {@link InstanceFilter} lets through. There are few different
 * ones, so they are kept. Thread-safe.
 */
final class FilteredSelections {

	/**
	 * A filter that makes more different selections of one list does not profit.
	 */
	private static final int MAX_KEPT = 64;

	private final InstanceFilter filter;

	private final BalancingOptions options;

	private final Set<Endpoint> ejected;

	private final List<Member> members;

	private final List<ThriftInstance> instances;

	private final Map<ThriftInstance, Integer> indexes = new IdentityHashMap<>();

	private final Map<BitSet, Selection> selections = new ConcurrentHashMap<>();

	FilteredSelections(InstanceFilter filter, List<Member> members, Set<Endpoint> ejected, BalancingOptions options) {
		this.filter = filter;
		this.members = members;
		this.ejected = ejected;
		this.options = options;
		this.instances = members.stream().map(Member::instance).toList();
		this.instances.forEach((instance) -> this.indexes.put(instance, this.indexes.size()));
	}

	/**
	 * Find what a call may choose from.
	 * @param headers the headers of the call
	 * @return the selection, or {@code null} for all instances
	 */
	@Nullable Selection find(Map<String, String> headers) {
		List<ThriftInstance> accepted = this.filter.filter(headers, this.instances);
		if (accepted == this.instances) {
			return null;
		}
		BitSet key = new BitSet(this.members.size());
		for (ThriftInstance instance : accepted) {
			Integer index = this.indexes.get(instance);
			if (index != null) {
				key.set(index);
			}
		}
		Selection selection = this.selections.get(key);
		if (selection == null) {
			List<Member> subset = key.stream().mapToObj(this.members::get).toList();
			// which of those that are down would be accepted, nobody knows
			selection = Selection.of(subset, subset, this.ejected, this.options);
			if (this.selections.size() < MAX_KEPT) {
				this.selections.put(key, selection);
			}
		}
		return selection;
	}

}
