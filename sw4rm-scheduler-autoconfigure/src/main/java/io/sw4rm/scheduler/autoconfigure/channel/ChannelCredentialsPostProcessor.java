package io.sw4rm.scheduler.autoconfigure.channel;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Supplier;

import io.grpc.ChannelCredentials;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.NameMatchMethodPointcutAdvisor;
import org.springframework.grpc.client.ChannelCredentialsProvider;
import org.springframework.util.ReflectionUtils;

/**
 * Makes the application's {@link ChannelCredentialsProvider} return the credentials of a
 * scheduler while its channel is created. Credentials are fixed when a channel builder is
 * created, and are only obtained from this bean, on the thread that creates the channel.
 * Other channels are not affected, even to the same target.
 *
 * @since 0.1.0
 */
public final class ChannelCredentialsPostProcessor extends AbstractAdvisingBeanPostProcessor {

	private static final long serialVersionUID = 1L;

	private static final String METHOD_NAME = "getChannelCredentials";

	private final transient ThreadLocal<@Nullable TargetCredentials> current = new ThreadLocal<>();

	/**
	 * Create a post-processor.
	 */
	public ChannelCredentialsPostProcessor() {
		NameMatchMethodPointcutAdvisor advisor = new NameMatchMethodPointcutAdvisor(
				(MethodInterceptor) (invocation) -> {
					ChannelCredentials credentials = credentials((String) invocation.getArguments()[0]);
					return (credentials != null) ? credentials : invocation.proceed();
				});
		advisor.setMappedName(METHOD_NAME);
		this.advisor = advisor;
		// Keeps the class of the bean, which may be injected by class
		setProxyTargetClass(true);
	}

	/**
	 * Create a channel with the given credentials instead of those of the provider.
	 * @param credentials the credentials, or {@code null} for the provider's
	 */
	<T> T using(String target, @Nullable ChannelCredentials credentials, Supplier<T> action) {
		TargetCredentials previous = this.current.get();
		this.current.set(new TargetCredentials(target, credentials));
		try {
			return action.get();
		}
		finally {
			this.current.set(previous);
		}
	}

	/**
	 * Other channels may be created at the same time, for example by a customizer.
	 */
	private @Nullable ChannelCredentials credentials(String target) {
		TargetCredentials current = this.current.get();
		return (current != null && current.target().equals(target)) ? current.credentials() : null;
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		return ChannelCredentialsProvider.class.isAssignableFrom(targetClass) && canProxy(targetClass);
	}

	private static boolean canProxy(Class<?> type) {
		Method method = ReflectionUtils.findMethod(type, METHOD_NAME, String.class);
		return !Modifier.isFinal(type.getModifiers()) && method != null && !Modifier.isFinal(method.getModifiers());
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ChannelCredentialsProvider provider && !canProxy(provider.getClass())) {
			return decorate(provider);
		}
		return super.postProcessAfterInitialization(bean, beanName);
	}

	private ChannelCredentialsProvider decorate(ChannelCredentialsProvider provider) {
		return (target) -> {
			ChannelCredentials credentials = credentials(target);
			return (credentials != null) ? credentials : provider.getChannelCredentials(target);
		};
	}

	private record TargetCredentials(String target, @Nullable ChannelCredentials credentials) {

	}

}
