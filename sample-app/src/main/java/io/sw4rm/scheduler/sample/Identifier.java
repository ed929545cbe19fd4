package io.sw4rm.scheduler.sample;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/**
 * The identifier of an agent or a new task. Invisible characters around it are refused:
 * the scheduler would take {@code "worker-2 "} for another agent than {@code "worker-2"}.
 * Blank values are left to {@code @NotBlank}.
 */
@Size(max = 200, message = "must not be longer than {max} characters")
@Pattern(regexp = "\\s*|[^\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}]([^\\p{Cc}\\p{Cs}]*[^\\p{Z}\\p{Cc}\\p{Cf}\\p{Cs}])?",
		message = "must not start or end with blanks, or contain control characters")
@Constraint(validatedBy = {})
@Target({ ElementType.FIELD, ElementType.PARAMETER, ElementType.TYPE_USE })
@Retention(RetentionPolicy.RUNTIME)
@interface Identifier {

	String message() default "";

	Class<?>[] groups() default {};

	Class<? extends Payload>[] payload() default {};

}
