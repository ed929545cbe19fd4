package io.sw4rm.scheduler.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.parallel.ResourceLock;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.PropertyMapping;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * Annotation for tests with an application context, such as those with
 * {@code @SpringBootTest}, that use an {@link EmbeddedScheduler} instead of all
 * configured schedulers: the one without a name and all named ones. Addresses, SSL
 * bundles and all other properties of the application remain, but no connection is made
 * with them. An application with its own {@code SchedulerConnectionDetails} or channel
 * does not start.
 * <p>
 * The scheduler starts together with the application, on a port of its own for each
 * application context. It is {@linkplain EmbeddedScheduler#reset() reset} before each
 * test method. If JUnit runs tests in parallel, test classes that use the same context
 * run one after the other, each on a single thread.
 *
 * @since 0.1.0
 * @see LocalSchedulerPort
 * @see SchedulerAssertions
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@EnableEmbeddedScheduler
@ImportAutoConfiguration
@PropertyMapping("sw4rm.scheduler.embedded")
@ResourceLock(providers = ContextLocks.class)
public @interface AutoConfigureEmbeddedScheduler {

	/**
	 * Port of the scheduler. 0 selects any free port.
	 * @return the port, 0 to 65535
	 */
	int port() default 0;

}
