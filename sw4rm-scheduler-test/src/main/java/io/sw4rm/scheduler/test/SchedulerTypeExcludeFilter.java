package io.sw4rm.scheduler.test;

import org.springframework.boot.context.TypeExcludeFilter;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

/**
 * {@link TypeExcludeFilter} for {@link SchedulerTest @SchedulerTest}.
 */
class SchedulerTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<SchedulerTest> {

	SchedulerTypeExcludeFilter(Class<?> testClass) {
		super(testClass);
	}

}
