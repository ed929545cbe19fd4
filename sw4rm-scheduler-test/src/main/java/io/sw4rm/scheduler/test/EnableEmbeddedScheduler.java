package io.sw4rm.scheduler.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.PropertyMapping;

/**
 * Sets a property that tests must not change.
 */
@Target(ElementType.ANNOTATION_TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@PropertyMapping("sw4rm.scheduler.embedded")
@interface EnableEmbeddedScheduler {

	boolean enabled() default true;

}
