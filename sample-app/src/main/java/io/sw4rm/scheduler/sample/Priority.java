package io.sw4rm.scheduler.sample;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import org.hibernate.validator.constraints.Range;

import io.sw4rm.scheduler.client.TaskSubmission;

/**
 * The priority of a task.
 */
@Range(min = TaskSubmission.MIN_PRIORITY, max = TaskSubmission.MAX_PRIORITY,
		message = "must be in range [{min}, {max}], got ${validatedValue}")
@Constraint(validatedBy = {})
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@interface Priority {

	String message() default "";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

}
