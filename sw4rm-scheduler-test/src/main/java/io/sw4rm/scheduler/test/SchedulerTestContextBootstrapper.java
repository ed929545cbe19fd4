package io.sw4rm.scheduler.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;
import org.springframework.test.context.TestContextBootstrapper;

/**
 * {@link TestContextBootstrapper} for {@link SchedulerTest @SchedulerTest}.
 */
class SchedulerTestContextBootstrapper extends TestSliceTestContextBootstrapper<SchedulerTest> {

}
