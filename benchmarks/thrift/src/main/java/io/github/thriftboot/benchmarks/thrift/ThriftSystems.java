package io.github.thriftboot.benchmarks.thrift;

import java.util.List;

import io.github.thriftboot.benchmarks.BenchmarkSystem;
import io.github.thriftboot.benchmarks.BenchmarkSystemProvider;
import io.github.thriftboot.benchmarks.HandlerMode;
import io.github.thriftboot.benchmarks.thrift.bare.BareSystem;
import io.github.thriftboot.benchmarks.thrift.libthrift.LibthriftSystem;
import io.github.thriftboot.benchmarks.thrift.runtime.RuntimeSystem;
import io.github.thriftboot.benchmarks.thrift.sketch.SketchSystem;
import io.github.thriftboot.benchmarks.thrift.spring.SpringSystem;

/**
 * The systems of this module.
 */
public final class ThriftSystems implements BenchmarkSystemProvider {

	@Override
	public List<BenchmarkSystem> systems() {
		return List.of(new BareSystem(), new SketchSystem(), LibthriftSystem.selector(), LibthriftSystem.threadPool(),
				new RuntimeSystem("thriftboot", HandlerMode.INLINE),
				new RuntimeSystem("thriftboot-pool", HandlerMode.POOL),
				new RuntimeSystem("thriftboot-virtual", HandlerMode.VIRTUAL), new SpringSystem());
	}

}
