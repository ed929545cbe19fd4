package io.sw4rm.scheduler.test;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLocksProvider.Lock;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.ContextHierarchy;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ContextLocks}.
 */
class ContextLocksTests {

	@Test
	void testsWithOneSchedulerInTheirParentContextShareALock() {
		assertThat(Stream.of(First.class, Second.class).map(ContextLocksTests::scheduler).distinct()).hasSize(1);
		Set<Lock> shared = new HashSet<>(locks(First.class));
		shared.retainAll(locks(Second.class));
		assertThat(shared).hasSize(1);
	}

	@Test
	void testsWithoutACommonContextShareNoLock() {
		assertThat(locks(First.class)).doesNotContainAnyElementsOf(locks(Other.class));
	}

	private static EmbeddedScheduler scheduler(Class<?> testClass) {
		TestContext context = new TestContextManager(testClass).getTestContext();
		return context.getApplicationContext().getBean(EmbeddedScheduler.class);
	}

	private static Set<Lock> locks(Class<?> testClass) {
		return new ContextLocks().provideForClass(testClass);
	}

	@SpringBootTest
	@AutoConfigureEmbeddedScheduler
	@ContextHierarchy({ @ContextConfiguration(classes = Application.class),
			@ContextConfiguration(classes = FirstConfiguration.class) })
	static class First {

	}

	@SpringBootTest
	@AutoConfigureEmbeddedScheduler
	@ContextHierarchy({ @ContextConfiguration(classes = Application.class),
			@ContextConfiguration(classes = SecondConfiguration.class) })
	static class Second {

	}

	@SpringBootTest(properties = "context=other")
	@AutoConfigureEmbeddedScheduler
	static class Other {

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class FirstConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondConfiguration {

	}

}
