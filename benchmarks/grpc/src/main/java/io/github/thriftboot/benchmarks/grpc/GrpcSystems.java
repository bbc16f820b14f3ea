package io.github.thriftboot.benchmarks.grpc;

import java.util.List;

import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;

/**
 * The systems of this module.
 */
public final class GrpcSystems implements BenchmarkSystemProvider {

	@Override
	public List<BenchmarkSystem> systems() {
		return List.of(new GrpcSystem("grpc", false), new GrpcSystem("grpc-direct", true));
	}

}
