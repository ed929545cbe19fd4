package io.sw4rm.scheduler.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.autoconfigure.OverrideAutoConfiguration;
import org.springframework.boot.test.context.filter.annotation.TypeExcludeFilters;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.env.Environment;
import org.springframework.test.context.BootstrapWith;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Annotation for tests that focus <strong>only</strong> on the scheduler: the application
 * context contains the auto-configured clients, with the properties of the application,
 * and an {@linkplain AutoConfigureEmbeddedScheduler embedded scheduler}. Other
 * auto-configuration is disabled, and components of the application are not found. Add
 * those under test with {@code @Import} or {@link #includeFilters()}.
 * <p>
 * For tests of the whole application, use {@code @SpringBootTest} together with
 * {@link AutoConfigureEmbeddedScheduler @AutoConfigureEmbeddedScheduler} instead.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@BootstrapWith(SchedulerTestContextBootstrapper.class)
@ExtendWith(SpringExtension.class)
@OverrideAutoConfiguration(enabled = false)
@TypeExcludeFilters(SchedulerTypeExcludeFilter.class)
@AutoConfigureEmbeddedScheduler
@ImportAutoConfiguration
public @interface SchedulerTest {

	/**
	 * Properties in form {@literal key=value} that should be added to the Spring
	 * {@link Environment} before the test runs.
	 * @return the properties to add
	 */
	String[] properties() default {};

	/**
	 * Whether the default filtering of components of the application is used with
	 * {@link SpringBootApplication @SpringBootApplication}. By default, no components are
	 * included.
	 * @see #includeFilters()
	 * @see #excludeFilters()
	 * @return whether the default filters are used
	 */
	boolean useDefaultFilters() default true;

	/**
	 * Filters for components to add to the application context.
	 * @return the filters
	 */
	Filter[] includeFilters() default {};

	/**
	 * Filters for components that would otherwise be added to the application context.
	 * @return the filters
	 */
	Filter[] excludeFilters() default {};

	/**
	 * Auto-configuration to exclude from the test.
	 * @return the classes to exclude
	 */
	@AliasFor(annotation = ImportAutoConfiguration.class, attribute = "exclude")
	Class<?>[] excludeAutoConfiguration() default {};

}
