package io.github.thriftboot.benchmarks;

import java.util.List;
import java.util.ServiceLoader;

/**
 * Names the systems of a module; found by {@link ServiceLoader}.
 */
@FunctionalInterface
public interface BenchmarkSystemProvider {

	/**
	 * Return the systems, also those that are not available on this JVM.
	 * @return the systems in the order of the report
	 */
	List<BenchmarkSystem> systems();

	/**
	 * Return the systems of this class path that run on this JVM.
	 * @return the systems in the order of the report
	 */
	static List<BenchmarkSystem> available() {
		return ServiceLoader.load(BenchmarkSystemProvider.class)
			.stream()
			.flatMap((provider) -> provider.get().systems().stream())
			.filter(BenchmarkSystem::available)
			.toList();
	}

}
