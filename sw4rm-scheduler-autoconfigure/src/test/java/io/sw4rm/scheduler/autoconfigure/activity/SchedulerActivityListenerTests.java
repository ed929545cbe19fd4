package io.sw4rm.scheduler.autoconfigure.activity;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.interceptor.SimpleTraceInterceptor;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.annotation.AliasFor;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.diagnostics.SchedulerFailureException;
import io.sw4rm.scheduler.autoconfigure.embedded.EmbeddedSchedulerAutoConfiguration;
import io.sw4rm.scheduler.client.ActivityEntry;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SchedulerActivityListener}: which methods it can mark, and what its
 * attributes mean.
 */
@Timeout(120)
class SchedulerActivityListenerTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PropertyPlaceholderAutoConfiguration.class, SslAutoConfiguration.class,
				GrpcClientAutoConfiguration.class, CompositeChannelFactoryAutoConfiguration.class,
				SchedulerAutoConfiguration.class, EmbeddedSchedulerAutoConfiguration.class,
				SchedulerActivityAutoConfiguration.class))
		.withBean(ReceivedActivity.class)
		.withPropertyValues("sw4rm.scheduler.embedded.enabled=true", "sw4rm.scheduler.activity.interval=5ms");

	@Test
	void callsMethodForEachEntry() {
		this.contextRunner.withBean(EntryListener.class).run((context) -> {
			record(context, "worker-1", "task-1");
			record(context, "worker-2", "task-of-another-agent");
			received(context).awaitExactly("task-1");
			record(context, "worker-1", "task-2");
			received(context).awaitExactly("task-1", "task-2");
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { EntryAndAgentListener.class, AgentAndEntryListener.class })
	void passesAgentIfMethodHasParameterForIt(Class<?> listener) {
		assertReceives(listener, "worker-1 task-1");
	}

	@ParameterizedTest
	@ValueSource(classes = { PrivateListener.class, StaticListener.class, InheritingListener.class,
			AnnotatedInterfaceListener.class })
	void callsMethod(Class<?> listener) {
		assertReceives(listener, "task-1");
	}

	@ParameterizedTest
	@ValueSource(classes = { RepeatedListener.class, ContainerListener.class, ComposedListener.class })
	void annotationCanBeRepeatedAndComposed(Class<?> listener) {
		this.contextRunner.withBean(listener).run((context) -> {
			record(context, "worker-1", "task-1");
			record(context, "worker-2", "task-2");
			received(context).awaitExactly("worker-1 task-1", "worker-2 task-2");
			assertThat(registry(context).getListenerIds()).hasSize(2);
		});
	}

	@Test
	void resolvesPlaceholders() {
		this.contextRunner.withBean(PlaceholderListener.class)
			.withPropertyValues("watch.agents=worker-1, worker-2,worker-1", "watch.id=watched", "watch.start=false",
					"watch.client=")
			.run((context) -> {
				assertThat(registry(context).getListenerIds()).containsExactly("watched");
				assertThat(registry(context).isRunning("watched")).isFalse();
				registry(context).start("watched");
				record(context, "worker-1", "task-1");
				record(context, "worker-2", "task-2");
				record(context, "worker-3", "task-3");
				received(context).awaitExactly("worker-1 task-1", "worker-2 task-2", "worker-3 task-3");
			});
	}

	@Test
	void generatesIds() {
		this.contextRunner.withBean("first", EntryListener.class)
			.withBean("second", OverloadedListener.class)
			.run((context) -> assertThat(registry(context).getListenerIds()).containsExactlyInAnyOrder(
					"first.onActivity", "second.onActivity", "second.onActivity-2", "second.onActivity-3"));
	}

	@Test
	void callsMethodThroughProxyOfClass() {
		this.contextRunner.withUserConfiguration(ClassProxies.class).withBean(EntryListener.class).run((context) -> {
			record(context, "worker-1", "task-1");
			received(context).awaitExactly("task-1");
			assertThat(context.getBean(EntryListener.class).getClass()).isNotEqualTo(EntryListener.class);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { InterfaceListener.class, AnnotatedInterfaceListener.class })
	void callsMethodThroughProxyOfInterfaces(Class<?> listener) {
		this.contextRunner.withUserConfiguration(InterfaceProxies.class).withBean(listener).run((context) -> {
			record(context, "worker-1", "task-1");
			received(context).awaitExactly("task-1");
			assertThat(context.getBeanNamesForType(listener)).isEmpty();
		});
	}

	@Test
	void refusesMethodThatProxyOfInterfacesDoesNotHave() {
		this.contextRunner.withUserConfiguration(InterfaceProxies.class)
			.withBean("listener", ListenerWithOtherInterface.class)
			.run((context) -> assertThat(failure(context))
				.hasMessage("The method " + ListenerWithOtherInterface.class.getName()
						+ ".onActivity of the bean 'listener' can't be called on the proxy of its bean."));
	}

	@Test
	void refusesPrivateMethodOfProxy() {
		this.contextRunner.withUserConfiguration(ClassProxies.class)
			.withBean(PrivateListener.class)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("PrivateListener.onActivity of the bean")
				.hasMessageEndingWith("can't be called on the proxy of its bean."));
	}

	@ParameterizedTest
	@ValueSource(classes = { NoProxies.class, ClassProxies.class, InterfaceProxies.class })
	void createsLazyBeanForFirstEntry(Class<?> proxies) {
		this.contextRunner.withUserConfiguration(proxies)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.withBean("listener", InterfaceListener.class)
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("listener")).isFalse();
				assertThat(registry(context).isRunning("listener.onActivity")).isTrue();
				record(context, "worker-1", "task-1");
				received(context).awaitExactly("task-1");
				assertThat(context.getBeanFactory().containsSingleton("listener")).isTrue();
			});
	}

	@Test
	void callsScopedBeanThroughItsProxy() {
		this.contextRunner.withInitializer((context) -> {
			context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
			RootBeanDefinition definition = new RootBeanDefinition(EntryListener.class);
			definition.setScope("thread");
			BeanDefinitionHolder proxy = ScopedProxyUtils.createScopedProxy(
					new BeanDefinitionHolder(definition, "listener"), (BeanDefinitionRegistry) context.getBeanFactory(),
					true);
			((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("listener",
					proxy.getBeanDefinition());
		}).run((context) -> {
			record(context, "worker-1", "task-1");
			received(context).awaitExactly("task-1");
			assertThat(registry(context).getListenerIds()).containsExactly("listener.onActivity");
		});
	}

	@Test
	void createsPrototypeForEachEntry() {
		this.contextRunner
			.withBean(EntryListener.class, EntryListener::new, (definition) -> definition.setScope("prototype"))
			.run((context) -> {
				record(context, "worker-1", "task-1");
				received(context).awaitExactly("task-1");
			});
	}

	@Test
	void doesNotCreateFactoryBeansEarly() {
		this.contextRunner.withBean(EntryListener.class).withInitializer((context) -> {
			RootBeanDefinition definition = new RootBeanDefinition(FailingFactoryBean.class);
			definition.setLazyInit(true);
			((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition("factory", definition);
		}).run((context) -> {
			record(context, "worker-1", "task-1");
			received(context).awaitExactly("task-1");
		});
	}

	@Test
	void usesClassLoaderOfTheApplication() {
		ClassLoader classLoader = new ClassLoader(getClass().getClassLoader()) {
		};
		this.contextRunner.withClassLoader(classLoader).withBean(ClassLoaderListener.class).run((context) -> {
			record(context, "worker-1", "task-1");
			received(context).awaitExactly("true");
		});
	}

	@Test
	void makesNoCallsWithoutListeners() {
		this.contextRunner.withBean(NoListener.class).run((context) -> {
			assertThat(registry(context).getListenerIds()).isEmpty();
			assertThat(context.getBean(EmbeddedScheduler.class).faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { NoParameterListener.class, OtherParameterListener.class, TwoEntriesListener.class,
			TwoAgentsListener.class, AgentOnlyListener.class, ReturningListener.class })
	void refusesOtherSignatures(Class<?> listener) {
		this.contextRunner.withBean("listener", listener)
			.run((context) -> assertThat(failure(context)).hasMessage("The method " + listener.getName()
					+ ".onActivity of the bean 'listener' can't receive activity: it must return nothing and have a "
					+ "parameter of type ActivityEntry, and optionally one of type String for the id of the agent."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			watch.agents=         | with a missing or blank agent: [, worker-3]
			watch.agents=,        | with a missing or blank agent: [, worker-3]
			watch.agents=a,,b     | with a missing or blank agent: [a, , b, worker-3]
			watch.client=billing  | with the client 'billing', which does not exist (available: [default])
			watch.start=maybe     | with autoStartup 'maybe'
			watch.id=other.onActivity | with the id 'other.onActivity', which another listener has
			""")
	void refusesInvalidAttributes(String property, String message) {
		this.contextRunner.withBean("other", EntryListener.class)
			.withBean("watching", PlaceholderListener.class)
			.withPropertyValues("watch.agents=worker-1", "watch.id=watched", "watch.start=true", "watch.client=",
					property)
			.run((context) -> assertThat(failure(context))
				.hasMessageStartingWith("The method " + PlaceholderListener.class.getName()
						+ ".onActivity of the bean 'watching' has the annotation @SchedulerActivityListener ")
				.hasMessageContaining(message));
	}

	@Test
	void refusesAnnotationWithoutAgents() {
		this.contextRunner.withBean(NoAgentListener.class)
			.run((context) -> assertThat(failure(context)).hasMessageContaining("with a missing or blank agent: []"));
	}

	@Test
	void refusesPlaceholderWithoutValue() {
		this.contextRunner.withBean("watching", PlaceholderListener.class)
			.run((context) -> assertThat(failure(context)).hasMessageStartingWith(
					"The method " + PlaceholderListener.class.getName() + ".onActivity of the bean 'watching' has the "
							+ "annotation @SchedulerActivityListener with a placeholder that can't be resolved: "));
	}

	@Test
	void callsSchedulerOfNamedClient() {
		try (EmbeddedScheduler billing = EmbeddedScheduler.start()) {
			this.contextRunner.withBean(PlaceholderListener.class)
				.withPropertyValues("sw4rm.scheduler.embedded.enabled=false",
						"sw4rm.scheduler.client.billing.address=" + billing.address(), "watch.agents=worker-1",
						"watch.id=watched", "watch.start=true", "watch.client=billing")
				.run((context) -> {
					ReceivedActivity.record(billing, "worker-1", "task-1");
					received(context).awaitExactly("worker-1 task-1");
				});
		}
	}

	private void assertReceives(Class<?> listener, String event) {
		this.contextRunner.withBean(listener).run((context) -> {
			record(context, "worker-1", "task-1");
			received(context).awaitExactly(event);
		});
	}

	private static void record(AssertableApplicationContext context, String agentId, String taskId) {
		ReceivedActivity.record(context.getBean(EmbeddedScheduler.class), agentId, taskId);
	}

	private static ReceivedActivity received(AssertableApplicationContext context) {
		return context.getBean(ReceivedActivity.class);
	}

	private static SchedulerActivityListenerRegistry registry(AssertableApplicationContext context) {
		return context.getBean(SchedulerActivityListenerRegistry.class);
	}

	private static Throwable failure(AssertableApplicationContext context) {
		Throwable failure = context.getStartupFailure();
		while (failure != null && !(failure instanceof SchedulerFailureException)) {
			failure = failure.getCause();
		}
		assertThat(failure).as("failure of the application").isNotNull();
		return failure;
	}

	/**
	 * Proxies the beans whose class has the annotation {@link Proxied}.
	 */
	private static DefaultAdvisorAutoProxyCreator proxyCreator(boolean ofClass) {
		DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
		creator.setProxyTargetClass(ofClass);
		return creator;
	}

	private static DefaultPointcutAdvisor advisor() {
		return new DefaultPointcutAdvisor(AnnotationMatchingPointcut.forClassAnnotation(Proxied.class),
				new SimpleTraceInterceptor());
	}

	@Configuration(proxyBeanMethods = false)
	static class NoProxies {

	}

	@Configuration(proxyBeanMethods = false)
	static class ClassProxies {

		@Bean
		static DefaultAdvisorAutoProxyCreator proxyCreator() {
			return SchedulerActivityListenerTests.proxyCreator(true);
		}

		@Bean
		static DefaultPointcutAdvisor advisor() {
			return SchedulerActivityListenerTests.advisor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterfaceProxies {

		@Bean
		static DefaultAdvisorAutoProxyCreator proxyCreator() {
			return SchedulerActivityListenerTests.proxyCreator(false);
		}

		@Bean
		static DefaultPointcutAdvisor advisor() {
			return SchedulerActivityListenerTests.advisor();
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Proxied {

	}

	abstract static class Listener {

		@Autowired
		ReceivedActivity received;

	}

	@Proxied
	static class EntryListener extends Listener {

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry entry) {
			this.received.add(entry);
		}

	}

	static class EntryAndAgentListener extends Listener {

		@SchedulerActivityListener(agents = "worker-1")
		public void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class AgentAndEntryListener extends Listener {

		@SchedulerActivityListener(agents = "worker-1")
		public void onActivity(String agentId, ActivityEntry entry) {
			this.received.add(entry, agentId);
		}

	}

	@Proxied
	static class PrivateListener extends Listener {

		@SchedulerActivityListener("worker-1")
		private void onActivity(ActivityEntry entry) {
			this.received.add(entry);
		}

	}

	static class StaticListener {

		private static volatile ReceivedActivity staticReceived;

		StaticListener(ReceivedActivity received) {
			staticReceived = received;
		}

		@SchedulerActivityListener("worker-1")
		static void onActivity(ActivityEntry entry) {
			staticReceived.add(entry);
		}

	}

	static class InheritingListener extends EntryListener {

	}

	interface ActivityHandler {

		void onActivity(ActivityEntry entry);

	}

	interface AnnotatedActivityHandler {

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry entry);

	}

	@Proxied
	static class InterfaceListener extends Listener implements ActivityHandler {

		@Override
		@SchedulerActivityListener("worker-1")
		public void onActivity(ActivityEntry entry) {
			this.received.add(entry);
		}

	}

	@Proxied
	static class AnnotatedInterfaceListener extends Listener implements AnnotatedActivityHandler {

		@Override
		public void onActivity(ActivityEntry entry) {
			this.received.add(entry);
		}

	}

	@Proxied
	static class ListenerWithOtherInterface extends Listener implements Supplier<String> {

		@SchedulerActivityListener("worker-1")
		public void onActivity(ActivityEntry entry) {
			this.received.add(entry);
		}

		@Override
		public String get() {
			return "";
		}

	}

	static class RepeatedListener extends Listener {

		@SchedulerActivityListener("worker-1")
		@SchedulerActivityListener("worker-2")
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class ContainerListener extends Listener {

		@SchedulerActivityListeners({ @SchedulerActivityListener("worker-1"), @SchedulerActivityListener("worker-2") })
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@SchedulerActivityListener(id = "composed")
	@interface WorkerListener {

		@AliasFor(annotation = SchedulerActivityListener.class, attribute = "agents")
		String worker();

	}

	static class ComposedListener extends Listener {

		@WorkerListener(worker = "worker-1")
		@SchedulerActivityListener("worker-2")
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class OverloadedListener extends Listener {

		@SchedulerActivityListener("worker-1")
		@SchedulerActivityListener("worker-2")
		void onActivity(ActivityEntry entry) {
			this.received.add(entry);
		}

		@SchedulerActivityListener("worker-3")
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class PlaceholderListener extends Listener {

		@SchedulerActivityListener(agents = { "${watch.agents}", "worker-3" }, id = "${watch.id}",
				client = "${watch.client}", autoStartup = "${watch.start}")
		void onActivity(ActivityEntry entry, String agentId) {
			this.received.add(entry, agentId);
		}

	}

	static class ClassLoaderListener extends Listener {

		@Autowired
		ConfigurableListableBeanFactory beanFactory;

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry entry) {
			this.received.add(String
				.valueOf(Thread.currentThread().getContextClassLoader() == this.beanFactory.getBeanClassLoader()));
		}

	}

	static class FailingFactoryBean implements FactoryBean<Object> {

		FailingFactoryBean() {
			throw new IllegalStateException("created early");
		}

		@Override
		public Object getObject() {
			return "";
		}

		@Override
		public Class<?> getObjectType() {
			return null;
		}

	}

	static class NoListener {

		@Deprecated
		void onActivity(ActivityEntry entry) {
		}

	}

	static class NoParameterListener {

		@SchedulerActivityListener("worker-1")
		void onActivity() {
		}

	}

	static class OtherParameterListener {

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry entry, int priority) {
		}

	}

	static class TwoEntriesListener {

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry first, ActivityEntry second) {
		}

	}

	static class TwoAgentsListener {

		@SchedulerActivityListener("worker-1")
		void onActivity(ActivityEntry entry, String first, String second) {
		}

	}

	static class AgentOnlyListener {

		@SchedulerActivityListener("worker-1")
		void onActivity(String agentId) {
		}

	}

	static class ReturningListener {

		@SchedulerActivityListener("worker-1")
		String onActivity(ActivityEntry entry) {
			return "";
		}

	}

	static class NoAgentListener {

		@SchedulerActivityListener
		void onActivity(ActivityEntry entry) {
		}

	}

}
