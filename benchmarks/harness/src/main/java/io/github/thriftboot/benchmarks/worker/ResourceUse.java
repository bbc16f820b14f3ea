package io.github.thriftboot.benchmarks.worker;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What this process has used since it started.
 *
 * @param cpuNanos processor time of the whole process, compiler and garbage collector
 * included
 * @param bytesOfThreads bytes that each live thread has allocated
 */
record ResourceUse(long cpuNanos, Map<Long, Long> bytesOfThreads) {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	static ResourceUse now() {
		long[] ids = THREADS.getAllThreadIds();
		long[] bytes = THREADS.getThreadAllocatedBytes(ids);
		Map<Long, Long> bytesOfThreads = new HashMap<>();
		for (int i = 0; i < ids.length; i++) {
			// -1 for a thread that has just ended
			bytesOfThreads.put(ids[i], Math.max(0, bytes[i]));
		}
		return new ResourceUse(SYSTEM.getProcessCpuTime(), bytesOfThreads);
	}

	/**
	 * Return what was used since an earlier time. What threads that have ended in between
	 * allocated is not known.
	 * @param earlier the use at the earlier time
	 * @return the difference
	 */
	Usage since(ResourceUse earlier) {
		long bytes = 0;
		for (Map.Entry<Long, Long> entry : this.bytesOfThreads.entrySet()) {
			bytes += Math.max(0, entry.getValue() - earlier.bytesOfThreads.getOrDefault(entry.getKey(), 0L));
		}
		return new Usage(this.cpuNanos - earlier.cpuNanos, bytes);
	}

}
