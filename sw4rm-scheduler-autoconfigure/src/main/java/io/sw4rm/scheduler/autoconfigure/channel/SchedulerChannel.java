package io.sw4rm.scheduler.autoconfigure.channel;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Qualifier for the gRPC channel of the scheduler without a name, which is not injected
 * without a qualifier. Do not shut the channel down: it is shared with the clients, and
 * closed with the application context.
 *
 * <pre class="code">
 * Diagnostics(&#64;SchedulerChannel ManagedChannel channel) {
 * }</pre>
 *
 * @since 0.1.0
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier(SchedulerChannel.BEAN_NAME)
public @interface SchedulerChannel {

	/**
	 * The name of the bean, which applications may define themselves.
	 */
	String BEAN_NAME = "sw4rmSchedulerChannel";

}
