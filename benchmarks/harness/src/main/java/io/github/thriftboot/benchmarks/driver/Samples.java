package io.github.thriftboot.benchmarks.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

import io.github.thriftboot.benchmarks.Workload;

/**
 * All measurements of a run, and what becomes of them over the rounds.
 */
final class Samples {

	/**
	 * The system that others are compared with.
	 */
	static final String REFERENCE = "bare";

	private final List<Sample> samples = new ArrayList<>();

	void add(Sample sample) {
		this.samples.add(sample);
	}

	List<Sample> all() {
		return List.copyOf(this.samples);
	}

	List<Sample> of(Workload workload, String system) {
		return this.samples.stream()
			.filter((sample) -> sample.workload() == workload && sample.system().equals(system))
			.toList();
	}

	boolean has(Workload workload) {
		return this.samples.stream().anyMatch((sample) -> sample.workload() == workload);
	}

	/**
	 * Return the median over the rounds.
	 * @param workload the workload
	 * @param system the system
	 * @param figure the figure of a round
	 * @return the median, empty if nothing was measured
	 */
	OptionalDouble median(Workload workload, String system, ToDoubleFunction<Sample> figure) {
		return median(of(workload, system).stream().mapToDouble(figure).sorted().toArray());
	}

	/**
	 * Return the median of the ratios to another system in the same round.
	 * @param workload the workload
	 * @param system the system
	 * @param other the system to compare with
	 * @return the median, empty if there is no round with both
	 */
	OptionalDouble ratio(Workload workload, String system, String other) {
		List<Sample> others = of(workload, other);
		return median(of(workload, system).stream()
			.flatMapToDouble((sample) -> others.stream()
				.filter((reference) -> reference.round() == sample.round() && reference.value() > 0)
				.mapToDouble((reference) -> sample.value() / reference.value()))
			.sorted()
			.toArray());
	}

	long failures(Workload workload, String system) {
		return of(workload, system).stream().mapToLong((sample) -> sample.client().failures()).sum();
	}

	private static OptionalDouble median(double[] sorted) {
		int count = sorted.length;
		if (count == 0) {
			return OptionalDouble.empty();
		}
		return OptionalDouble.of((sorted[(count - 1) / 2] + sorted[count / 2]) / 2);
	}

}
