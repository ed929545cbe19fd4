package io.sw4rm.scheduler.benchmarks.calls;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

import javax.management.JMException;
import javax.management.ObjectName;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What the process has used since it started: all threads are included, those of gRPC and
 * Netty too.
 *
 * @param allocatedBytes the memory that was allocated on the heap
 * @param cpuNanos the CPU time, including that of the JVM
 * @param nanos the time from an arbitrary origin
 */
record Usage(long allocatedBytes, long cpuNanos, long nanos) {

	private static final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	/** Before JDK 21: the last known value of each thread, dead ones included. */
	private static final Map<Long, Long> allocatedByThread = new HashMap<>();

	static Usage now() {
		return new Usage(totalAllocatedBytes(), system.getProcessCpuTime(), System.nanoTime());
	}

	Usage minus(Usage earlier) {
		return new Usage(this.allocatedBytes - earlier.allocatedBytes, this.cpuNanos - earlier.cpuNanos,
				this.nanos - earlier.nanos);
	}

	private static long totalAllocatedBytes() {
		return (Runtime.version().feature() >= 21) ? totalOfJvm() : totalOfThreads();
	}

	/**
	 * Includes threads that have ended, and the carriers of virtual threads. An
	 * attribute, because the method does not exist in JDK 17.
	 */
	private static long totalOfJvm() {
		try {
			return (long) ManagementFactory.getPlatformMBeanServer()
				.getAttribute(new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME), "TotalThreadAllocatedBytes");
		}
		catch (JMException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Does not include what a thread has allocated between the previous measurement and
	 * its end. Threads of a load do not end before the load, and idle threads of gRPC end
	 * after a minute without work.
	 */
	private static synchronized long totalOfThreads() {
		long[] ids = threads.getAllThreadIds();
		long[] bytes = threads.getThreadAllocatedBytes(ids);
		for (int i = 0; i < ids.length; i++) {
			allocatedByThread.merge(ids[i], bytes[i], Math::max);
		}
		return allocatedByThread.values().stream().mapToLong(Long::longValue).sum();
	}

}
