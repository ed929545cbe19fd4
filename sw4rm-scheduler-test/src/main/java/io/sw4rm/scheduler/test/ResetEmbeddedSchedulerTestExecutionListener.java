package io.sw4rm.scheduler.test;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.DirtiesContextBeforeModesTestExecutionListener;

import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * {@link TestExecutionListener} that resets the embedded scheduler before each test
 * method.
 */
class ResetEmbeddedSchedulerTestExecutionListener implements TestExecutionListener, Ordered {

	@Override
	public int getOrder() {
		// The context may be closed before
		return DirtiesContextBeforeModesTestExecutionListener.ORDER + 1;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		if (TestContextAnnotationUtils.hasAnnotation(testContext.getTestClass(),
				AutoConfigureEmbeddedScheduler.class)) {
			BeanFactoryUtils.beansOfTypeIncludingAncestors(testContext.getApplicationContext(), EmbeddedScheduler.class)
				.values()
				.forEach(EmbeddedScheduler::reset);
		}
	}

}
