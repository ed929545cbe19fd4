package io.sw4rm.scheduler.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.grpc.ClientInterceptor;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.grpc.client.GlobalClientInterceptor;

/**
 * Marks a {@link ClientInterceptor} bean that applies to calls to the scheduler only. It
 * is ordered together with the {@link GlobalClientInterceptor global} interceptors.
 *
 * @since 0.1.0
 */
@Target({ ElementType.TYPE, ElementType.METHOD, ElementType.FIELD, ElementType.PARAMETER })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier
public @interface SchedulerClientInterceptor {

}
