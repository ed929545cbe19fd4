package io.sw4rm.scheduler.autoconfigure.activity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.client.ActivityWatch;

/**
 * Marks a method of a bean that receives the activity of agents. The method returns
 * nothing and has a parameter of type {@link ActivityEntry}, and optionally one of type
 * {@link String} for the id of the agent.
 * <p>
 * Each agent has its own {@link ActivityWatch}, with the options in
 * {@code sw4rm.scheduler.activity.*}. Entries of one agent are received one after the
 * other, those of several agents at the same time. The method may block; an exception
 * that it throws is passed to the {@link SchedulerActivityErrorHandler}. Watches start
 * after all other components of the application and stop before them. When the
 * application stops, methods that run may complete.
 * <p>
 * Can be used several times on a method, and as a meta-annotation.
 *
 * @since 0.1.0
 * @see SchedulerActivityListenerRegistry
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
@Repeatable(SchedulerActivityListeners.class)
public @interface SchedulerActivityListener {

	/**
	 * Alias for {@link #agents()}.
	 * @return the ids of the agents
	 */
	@AliasFor("agents")
	String[] value() default {};

	/**
	 * The agents to watch. Each element may be an id, a comma-separated list of ids, or a
	 * placeholder such as <code>${worker.agents}</code> for one of these.
	 * @return the ids of the agents, at least one
	 */
	@AliasFor("value")
	String[] agents() default {};

	/**
	 * The scheduler to poll. May be a placeholder.
	 * @return the name of a client of {@code sw4rm.scheduler.client.<name>.*}, or empty
	 * for the client without a name
	 */
	String client() default "";

	/**
	 * The id of the listener in the {@link SchedulerActivityListenerRegistry}. May be a
	 * placeholder.
	 * @return the id, unique in the application context, or empty for
	 * {@code <bean name>.<method name>}
	 */
	String id() default "";

	/**
	 * Whether the listener starts with the application. May be a placeholder.
	 * @return {@code true} or {@code false}
	 */
	String autoStartup() default "true";

}
