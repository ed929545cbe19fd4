package io.sw4rm.scheduler.sample;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import io.sw4rm.scheduler.test.AutoConfigureEmbeddedScheduler;

/**
 * Starts the application with an embedded scheduler, both on free ports.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "sample.tour.enabled=false", "management.prometheus.metrics.export.enabled=true" })
@AutoConfigureEmbeddedScheduler
@AutoConfigureRestTestClient
@interface SampleApplicationTest {

}
