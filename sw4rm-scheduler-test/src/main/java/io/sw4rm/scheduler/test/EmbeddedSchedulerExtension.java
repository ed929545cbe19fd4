package io.sw4rm.scheduler.test;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import io.grpc.ManagedChannel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.ReactiveSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClientBuilder;
import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;

/**
 * JUnit extension that starts an {@link EmbeddedScheduler} on any free port. Does not
 * require Spring. Tests and lifecycle methods can have parameters of the types
 * {@code EmbeddedScheduler}, {@link SchedulerClient}, {@link AsyncSchedulerClient} and
 * {@link ReactiveSchedulerClient}. The clients convert task parameters to JSON if Jackson
 * is on the class path.
 *
 * <pre class="code">
 * &#064;ExtendWith(EmbeddedSchedulerExtension.class)
 * class DispatcherTests {
 *
 *     &#064;Test
 *     void dispatches(EmbeddedScheduler scheduler, SchedulerClient client) {
 *         new Dispatcher(client).dispatch("task-123");
 *         assertThat(scheduler).hasAccepted("task-123");
 *     }
 *
 * }
 * </pre>
 *
 * To change settings, register the extension in a static field with
 * {@link org.junit.jupiter.api.extension.RegisterExtension}. There is one scheduler for
 * each test class and its nested classes, and {@linkplain #shared() if requested} one for
 * all test classes. The extension in a field that is not static starts one for each test.
 * <p>
 * The scheduler is {@linkplain EmbeddedScheduler#reset() reset} before each test, before
 * the methods with {@code @BeforeEach}. Tests that run at the same time must therefore
 * not use the same scheduler: the second one fails with an {@link IllegalStateException}.
 *
 * @since 0.1.0
 */
public final class EmbeddedSchedulerExtension
		implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(EmbeddedSchedulerExtension.class);

	private static final String SHARED = "shared";

	private static final Map<Class<?>, Function<SchedulerClientBuilder, Object>> CLIENTS = Map.of(SchedulerClient.class,
			SchedulerClientBuilder::build, AsyncSchedulerClient.class, SchedulerClientBuilder::buildAsync,
			ReactiveSchedulerClient.class, SchedulerClientBuilder::buildReactive);

	private final Consumer<EmbeddedScheduler.Builder> customizer;

	private final boolean shared;

	/**
	 * The schedulers that were started and not stopped. There are several if several test
	 * classes that run at the same time inherit the field of this extension.
	 */
	private final Set<Running> running = ConcurrentHashMap.newKeySet();

	/**
	 * Create an extension with default settings.
	 */
	public EmbeddedSchedulerExtension() {
		this((builder) -> {
		});
	}

	/**
	 * Create an extension with settings.
	 * @param customizer sets the settings of the scheduler
	 */
	public EmbeddedSchedulerExtension(Consumer<EmbeddedScheduler.Builder> customizer) {
		this(customizer, false);
	}

	private EmbeddedSchedulerExtension(Consumer<EmbeddedScheduler.Builder> customizer, boolean shared) {
		this.customizer = customizer;
		this.shared = shared;
	}

	/**
	 * Create an extension whose scheduler is shared by all test classes that use such an
	 * extension, until all tests have run. If test classes run in parallel, annotate
	 * those that use it with {@code @ResourceLock}, so that they do not run at the same
	 * time.
	 * @return a new extension
	 */
	public static EmbeddedSchedulerExtension shared() {
		return new EmbeddedSchedulerExtension((builder) -> {
		}, true);
	}

	/**
	 * Return the scheduler of the running tests.
	 * @return the scheduler
	 * @throws IllegalStateException if no tests are running, or if several test classes
	 * that inherit the field of this extension run at the same time
	 */
	public EmbeddedScheduler scheduler() {
		return current().scheduler;
	}

	/**
	 * Return a client of the scheduler of the running tests.
	 * @return the client
	 * @throws IllegalStateException if no tests are running, or if several test classes
	 * that inherit the field of this extension run at the same time
	 */
	public SchedulerClient client() {
		return current().client(SchedulerClient.class);
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		running(context);
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		Running running = running(context);
		String other = running.test.compareAndExchange(null, context.getUniqueId());
		if (other != null && !context.getUniqueId().equals(other)) {
			throw new IllegalStateException(
					("The test %s uses the same embedded scheduler at the same time. Annotate the test classes with "
							+ "@Execution(SAME_THREAD), or with @ResourceLock if several of them share the scheduler")
						.formatted(other));
		}
		running.scheduler.reset();
	}

	@Override
	public void afterEach(ExtensionContext context) {
		running(context).test.compareAndSet(context.getUniqueId(), null);
	}

	@Override
	public boolean supportsParameter(ParameterContext parameterContext, ExtensionContext context) {
		Class<?> type = parameterContext.getParameter().getType();
		return type == EmbeddedScheduler.class || CLIENTS.containsKey(type);
	}

	@Override
	public Object resolveParameter(ParameterContext parameterContext, ExtensionContext context) {
		Class<?> type = parameterContext.getParameter().getType();
		Running running = running(context);
		return (type == EmbeddedScheduler.class) ? running.scheduler : running.client(type);
	}

	private Running current() {
		this.running.removeIf((running) -> running.closed);
		List<Running> current = List.copyOf(this.running);
		if (current.isEmpty()) {
			throw new IllegalStateException(
					"No embedded scheduler is running. Annotate the field of the extension with @RegisterExtension, "
							+ "and use it in tests and lifecycle methods only");
		}
		if (current.size() > 1) {
			throw new IllegalStateException(
					"Several test classes with this extension run at the same time, each with its own embedded "
							+ "scheduler. Use parameters of test methods instead of the field of the extension");
		}
		return current.get(0);
	}

	/**
	 * Return the scheduler of this or an outer context, or start one for this context.
	 */
	private Running running(ExtensionContext context) {
		Store store = (this.shared ? context.getRoot() : context).getStore(NAMESPACE);
		Running running = store.computeIfAbsent(this.shared ? SHARED : this, (key) -> new Running(this.customizer),
				Running.class);
		this.running.add(running);
		return running;
	}

	/**
	 * A scheduler and its clients, which JUnit closes at the end of their context.
	 */
	private static final class Running implements AutoCloseable {

		private final EmbeddedScheduler scheduler;

		private final ManagedChannel channel;

		private final Map<Class<?>, Object> clients = new ConcurrentHashMap<>();

		/**
		 * The running test.
		 */
		private final AtomicReference<@Nullable String> test = new AtomicReference<>();

		private volatile boolean closed;

		private Running(Consumer<EmbeddedScheduler.Builder> customizer) {
			EmbeddedScheduler.Builder builder = EmbeddedScheduler.builder();
			customizer.accept(builder);
			this.scheduler = builder.start();
			this.channel = SchedulerAddress.parse("http://" + this.scheduler.address()).newChannelBuilder().build();
		}

		private <T> T client(Class<T> type) {
			return type.cast(this.clients.computeIfAbsent(type, (key) -> Objects.requireNonNull(CLIENTS.get(key))
				.apply(JsonPayloads.enable(SchedulerClient.builder(this.channel)))));
		}

		@Override
		public void close() {
			this.closed = true;
			this.channel.shutdownNow();
			this.scheduler.close();
		}

	}

}
