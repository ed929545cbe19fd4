package io.sw4rm.scheduler.autoconfigure.activity;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.client.ActivityEntry;

/**
 * A method of a bean that receives activity. The bean is created when the first entry
 * arrives, if it does not exist yet.
 */
final class ActivityListenerMethod {

	private final ConfigurableBeanFactory beanFactory;

	private final String beanName;

	private final Method method;

	/** The method that can be called on the bean, which may be a proxy. */
	private volatile @Nullable Method invocable;

	ActivityListenerMethod(ConfigurableBeanFactory beanFactory, String beanName, Method method) {
		this.beanFactory = beanFactory;
		this.beanName = beanName;
		this.method = method;
		checkSignature();
		if (beanFactory.containsSingleton(beanName)) {
			this.invocable = invocable(beanFactory.getBean(beanName));
		}
	}

	private void checkSignature() {
		long entries = Stream.of(this.method.getParameterTypes()).filter(ActivityEntry.class::equals).count();
		long agents = Stream.of(this.method.getParameterTypes()).filter(String.class::equals).count();
		if (entries != 1 || agents > 1 || entries + agents != this.method.getParameterCount()
				|| this.method.getReturnType() != void.class) {
			throw new SchedulerFailureException(
					"%s can't receive activity: it must return nothing and have a parameter of type ActivityEntry, and optionally one of type String for the id of the agent."
						.formatted(this),
					"Correct the method, or remove its annotation @SchedulerActivityListener.", null);
		}
	}

	private Method invocable(Object bean) {
		try {
			Method invocable = AopUtils.selectInvocableMethod(this.method, bean.getClass());
			ReflectionUtils.makeAccessible(invocable);
			return invocable;
		}
		catch (IllegalStateException ex) {
			throw new SchedulerFailureException("%s can't be called on the proxy of its bean.".formatted(this),
					"Make the method package-private or public. If the proxy implements interfaces only, declare the method in one of them, or use class-based proxies.",
					ex);
		}
	}

	String name() {
		return this.beanName + "." + this.method.getName();
	}

	void invoke(String agentId, ActivityEntry entry) throws Exception {
		Object bean = this.beanFactory.getBean(this.beanName);
		Method invocable = this.invocable;
		if (invocable == null) {
			invocable = invocable(bean);
			this.invocable = invocable;
		}
		Object[] arguments = Stream.of(invocable.getParameterTypes())
			.map((type) -> (type == String.class) ? agentId : entry)
			.toArray();
		// Threads of gRPC outlive the application when it is restarted
		ClassLoader previous = ClassUtils.overrideThreadContextClassLoader(this.beanFactory.getBeanClassLoader());
		try {
			invocable.invoke(bean, arguments);
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
		}
		finally {
			if (previous != null) {
				Thread.currentThread().setContextClassLoader(previous);
			}
		}
	}

	@Override
	public String toString() {
		return "The method %s of the bean '%s'".formatted(ClassUtils.getQualifiedMethodName(this.method),
				this.beanName);
	}

}
