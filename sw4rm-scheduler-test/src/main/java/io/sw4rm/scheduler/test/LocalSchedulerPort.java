package io.sw4rm.scheduler.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Value;

/**
 * Annotation for a field or parameter that receives the port of the embedded scheduler,
 * which all clients of the application use. Provides a convenient alternative for
 * <code>&#064;Value(&quot;${local.sw4rm.scheduler.port}&quot;)</code>.
 *
 * @since 0.1.0
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Value("${local.sw4rm.scheduler.port}")
public @interface LocalSchedulerPort {

}
