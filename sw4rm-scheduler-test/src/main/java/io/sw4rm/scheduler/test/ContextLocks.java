package io.sw4rm.scheduler.test;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

import org.springframework.test.context.BootstrapUtils;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Provides one lock for each application context, including parent contexts. The
 * scheduler of a context is reset before each test, so tests must not use it at the same
 * time. Test classes with equal configurations share a context.
 */
class ContextLocks implements ResourceLocksProvider {

	private static final String PREFIX = AutoConfigureEmbeddedScheduler.class.getName() + "-";

	private static final Map<MergedContextConfiguration, Integer> contexts = new HashMap<>();

	@Override
	public Set<Lock> provideForClass(Class<?> testClass) {
		Set<Lock> locks = new HashSet<>();
		MergedContextConfiguration context = contextOf(testClass);
		while (context != null) {
			locks.add(new Lock(PREFIX + number(context), ResourceAccessMode.READ_WRITE));
			context = context.getParent();
		}
		return locks;
	}

	@Override
	public Set<Lock> provideForNestedClass(List<Class<?>> enclosingClasses, Class<?> testClass) {
		return provideForClass(testClass);
	}

	private static @Nullable MergedContextConfiguration contextOf(Class<?> testClass) {
		try {
			return BootstrapUtils.resolveTestContextBootstrapper(testClass).buildMergedContextConfiguration();
		}
		catch (RuntimeException ex) {
			// The test fails with this exception when it runs
			return null;
		}
	}

	private static synchronized int number(MergedContextConfiguration context) {
		return contexts.computeIfAbsent(context, (key) -> contexts.size());
	}

}
