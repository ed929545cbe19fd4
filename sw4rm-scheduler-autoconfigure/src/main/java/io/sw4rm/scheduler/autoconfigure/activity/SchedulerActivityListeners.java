package io.sw4rm.scheduler.autoconfigure.activity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * Container annotation for several {@link SchedulerActivityListener} annotations.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface SchedulerActivityListeners {

	/**
	 * Return the annotations.
	 * @return the annotations
	 */
	SchedulerActivityListener[] value();

}
