package io.github.thriftboot.benchmarks.grpc;

import java.util.stream.Stream;

import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;
import io.github.thriftboot.benchmarks.HandlerLoad;
import io.github.thriftboot.benchmarks.worker.Probe;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that the systems of this module work. Nothing is timed.
 */
class GrpcSystemsTests {

	@ParameterizedTest
	@MethodSource("systems")
	void everyReplyIsRight(BenchmarkSystem system) throws Exception {
		Probe probe = new Probe(system);
		probe.run(HandlerLoad.COMPUTE, 2);
		probe.run(HandlerLoad.WAIT, 1);
	}

	static Stream<Named<BenchmarkSystem>> systems() {
		return BenchmarkSystemProvider.available().stream().map((system) -> Named.of(system.name(), system));
	}

}
