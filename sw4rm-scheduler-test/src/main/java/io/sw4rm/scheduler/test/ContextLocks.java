package io.sw4rm.scheduler.test;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

import org.springframework.test.context.BootstrapUtils;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Provides one lock for each application context. The scheduler of a context is reset
 * before each test, so tests must not use it at the same time. Test classes with equal
 * configurations share a context.
 */
class ContextLocks implements ResourceLocksProvider {

	private static final String PREFIX = AutoConfigureEmbeddedScheduler.class.getName() + "-";

	private static final Map<MergedContextConfiguration, Integer> contexts = new ConcurrentHashMap<>();

	@Override
	public Set<Lock> provideForClass(Class<?> testClass) {
		return Set.of(new Lock(PREFIX + contextOf(testClass), ResourceAccessMode.READ_WRITE));
	}

	@Override
	public Set<Lock> provideForNestedClass(List<Class<?>> enclosingClasses, Class<?> testClass) {
		return provideForClass(testClass);
	}

	private static synchronized int contextOf(Class<?> testClass) {
		MergedContextConfiguration configuration;
		try {
			configuration = BootstrapUtils.resolveTestContextBootstrapper(testClass).buildMergedContextConfiguration();
		}
		catch (RuntimeException ex) {
			// The test fails with this exception when it runs
			return -1;
		}
		return contexts.computeIfAbsent(configuration, (key) -> contexts.size());
	}

}
