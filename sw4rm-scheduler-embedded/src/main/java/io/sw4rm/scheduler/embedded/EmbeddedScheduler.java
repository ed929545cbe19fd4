package io.sw4rm.scheduler.embedded;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;

import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;

/**
 * An in-memory SW4RM scheduler on a real gRPC port, for development and tests. It serves
 * {@code sw4rm.scheduler.SchedulerService}, {@code grpc.health.v1.Health} and server
 * reflection:
 *
 * <pre class="code">
 * try (EmbeddedScheduler scheduler = EmbeddedScheduler.start()) {
 *     ManagedChannel channel = Grpc.newChannelBuilder(scheduler.address(), InsecureChannelCredentials.create()).build();
 *     // submit tasks through the channel …
 *     Optional&lt;ScheduledTask&gt; task = scheduler.agent("worker-1").takeNext();
 * }
 * </pre>
 *
 * Tests control the rest: {@link #agent(String)} acts as an agent and {@link #faults()}
 * injects faults. The scheduler does not execute tasks and does not write to disk. All
 * its data is limited: memory, tasks and activity entries by the builder's limits,
 * finished tasks and received calls to the last 1 000, and shut-down agents to 10 000.
 * The maximum size of a request is 4 MiB. At most 1 000 calls of each connection are
 * handled concurrently; further calls wait at the client. Lists are copies that do not
 * change later. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EmbeddedScheduler implements AutoCloseable {

	/**
	 * Few, so that a test suite can start and stop many schedulers.
	 */
	private static final int EVENT_LOOPS = 2;

	/**
	 * Further calls wait at the client.
	 */
	private static final int MAX_CALLS_PER_CONNECTION = 1000;

	private static final int MAX_REQUEST_BYTES = 4 << 20;

	private static final int STOP_SECONDS = 5;

	/**
	 * The received calls take at most this fraction of the memory for tasks.
	 */
	private static final int CALL_LOG_SHARE = 8;

	private final int port;

	private final String address;

	private final Duration shutdownGracePeriod;

	private final SchedulerState state;

	private final Faults faults;

	private final CallLog calls;

	private final HealthStatusManager health = new HealthStatusManager();

	private final EventLoopGroup eventLoops;

	private final ExecutorService handlers;

	private final Server server;

	private EmbeddedScheduler(Builder builder) {
		this.shutdownGracePeriod = builder.shutdownGracePeriod;
		this.state = new SchedulerState(builder.clock, new SchedulerState.Limits(builder.maxHeldBytes, builder.maxTasks,
				builder.maxActivityEntries, builder.maxActivityEntriesPerAgent));
		ThreadFactory threadFactory = new DefaultThreadFactory("sw4rm-embedded-scheduler", true);
		this.eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, threadFactory, NioIoHandler.newFactory());
		this.handlers = Executors.newCachedThreadPool(threadFactory);
		this.calls = new CallLog(builder.maxHeldBytes / CALL_LOG_SHARE);
		Connections connections = new Connections();
		this.faults = new Faults(this.eventLoops, this.handlers, connections);
		InetSocketAddress listenAddress = new InetSocketAddress(builder.host, builder.port);
		try {
			this.server = server(builder, listenAddress, connections);
			setServing(true);
			listen(this.server, builder.host, listenAddress);
		}
		catch (RuntimeException ex) {
			stopThreads();
			throw ex;
		}
		this.port = this.server.getPort();
		this.address = hostAndPort(listenAddress.getAddress().isAnyLocalAddress() ? "localhost" : builder.host,
				this.port);
	}

	/**
	 * Start a scheduler on any free port of the loopback interface.
	 * @return the running scheduler
	 * @throws EmbeddedSchedulerStartException if no port is available
	 */
	public static EmbeddedScheduler start() {
		return builder().start();
	}

	/**
	 * Return a builder for a scheduler.
	 * @return a new builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return the port that the scheduler listens on.
	 * @return the port, 1 to 65535
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return the address for clients on this machine, such as {@code localhost:50053}.
	 * @return host and port, usable as a gRPC target
	 */
	public String address() {
		return this.address;
	}

	/**
	 * Return a handle to an agent.
	 * @param agentId the agent's identifier, not blank; the scheduler does not have to
	 * know it yet
	 * @return a handle to the agent
	 * @throws IllegalArgumentException if the identifier is blank
	 */
	public EmbeddedAgent agent(String agentId) {
		requireText("agentId", agentId);
		return new EmbeddedAgent(this.state, agentId);
	}

	/**
	 * Return the agents that have a queued or running task or an activity entry, or are
	 * shut down.
	 * @return the agents' identifiers, sorted
	 */
	public Set<String> agentIds() {
		return this.state.agentIds();
	}

	/**
	 * Return the queued tasks of all agents, the most important first, and those of one
	 * priority as they were submitted.
	 * @return the queued tasks
	 */
	public List<ScheduledTask> queued() {
		return this.state.queued();
	}

	/**
	 * Return the running tasks of all agents, agent by agent.
	 * @return the running tasks
	 */
	public List<ScheduledTask> running() {
		return this.state.running();
	}

	/**
	 * Return the tasks that finished, up to the last 1 000, without their payload.
	 * @return the finished tasks, oldest first
	 */
	public List<ScheduledTask> finished() {
		return this.state.finished();
	}

	/**
	 * Return the number of activity entries that were refused since the start or the last
	 * {@link #reset()} because the buffer of their agent or of all agents together was
	 * full. A submission is nevertheless accepted, without its entry; the first refusal
	 * is logged as a warning.
	 * @return the number of refused entries, including those of
	 * {@link EmbeddedAgent#recordActivity}
	 */
	public long refusedActivityEntries() {
		return this.state.refusedActivityEntries();
	}

	/**
	 * Return the calls of all RPCs since the start or the last {@link #reset()}, up to
	 * the last 1 000. If their messages take more memory than an eighth of
	 * {@link Builder#maxHeldBytes(long)}, fewer calls are kept. A call is added when it
	 * arrives; its response and status are added before the client receives them.
	 * @return the calls in the order in which they arrived
	 */
	public List<ReceivedCall> calls() {
		return this.calls.calls();
	}

	/**
	 * Return the configured faults and the number of calls.
	 * @return the faults
	 */
	public Faults faults() {
		return this.faults;
	}

	/**
	 * Set the status that {@code grpc.health.v1.Health} reports for the server as a whole
	 * and for the scheduler service. Calls are handled regardless of the status. Has no
	 * effect after {@link #close()} was called.
	 * @param serving {@code true} for {@code SERVING}, as after the start, {@code false}
	 * for {@code NOT_SERVING}
	 */
	public void setServing(boolean serving) {
		ServingStatus status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
		this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
		this.health.setStatus(SchedulerServiceGrpc.SERVICE_NAME, status);
	}

	/**
	 * Reset to the state after the start, for the next test: no tasks, agents, activity
	 * entries, received calls or faults, all counters at zero, and serving. Connections
	 * stay open.
	 */
	public void reset() {
		this.state.reset();
		this.faults.clear();
		this.calls.clear();
		setServing(true);
	}

	/**
	 * Stop the scheduler. Health reports {@code NOT_SERVING} and new tasks are refused.
	 * Calls in flight can complete within the builder's
	 * {@link Builder#shutdownGracePeriod(Duration) grace period} and are cancelled after
	 * that. Returns when the port is free again. Closing a closed scheduler does nothing.
	 */
	@Override
	public synchronized void close() {
		if (this.server.isShutdown()) {
			return;
		}
		this.health.enterTerminalState();
		this.state.drain();
		this.server.shutdown();
		try {
			long nanos = TimeUnit.NANOSECONDS.convert(this.shutdownGracePeriod);
			if (!this.server.awaitTermination(nanos, TimeUnit.NANOSECONDS)) {
				this.server.shutdownNow().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
			}
			// A handler may still be running after its response has arrived
			this.handlers.shutdown();
			this.handlers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			this.server.shutdownNow();
			Thread.currentThread().interrupt();
		}
		stopThreads();
	}

	void awaitTermination() throws InterruptedException {
		this.server.awaitTermination();
	}

	static String hostAndPort(String host, int port) {
		return ((host.contains(":") && !host.startsWith("[")) ? "[" + host + "]" : host) + ":" + port;
	}

	private Server server(Builder builder, InetSocketAddress listenAddress, Connections connections) {
		UnreadAnswers unreadAnswers = new UnreadAnswers(builder.maxHeldBytes, connections);
		NettyServerBuilder server = NettyServerBuilder.forAddress(listenAddress, builder.serverCredentials)
			.channelFactory(() -> {
				NioServerSocketChannel channel = new NioServerSocketChannel();
				channel.pipeline().addLast(connections);
				return channel;
			})
			.bossEventLoopGroup(this.eventLoops)
			.workerEventLoopGroup(this.eventLoops)
			.executor(this.handlers)
			.maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
			.maxInboundMessageSize(MAX_REQUEST_BYTES)
			.addService(ServerInterceptors.intercept(new SchedulerService(this.state, builder.defaultGracePeriod),
					new FaultInterceptor(this.faults, this.calls), unreadAnswers))
			.addTransportFilter(unreadAnswers)
			.addService(this.health.getHealthService())
			.addService(ProtoReflectionServiceV1.newInstance());
		builder.interceptors.forEach(server::intercept);
		return server.build();
	}

	private static void listen(Server server, String host, InetSocketAddress address) {
		try {
			if (address.isUnresolved()) {
				throw new UnknownHostException("unknown host");
			}
			server.start();
		}
		catch (IOException ex) {
			// gRPC keeps a reference to a server until it is shut down
			server.shutdownNow();
			// gRPC wraps the failure in another IOException
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			throw new EmbeddedSchedulerStartException(host, address.getPort(), cause);
		}
	}

	private void stopThreads() {
		this.handlers.shutdownNow();
		// The event loop frees the port only when it terminates
		this.eventLoops.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
			.awaitUninterruptibly(STOP_SECONDS, TimeUnit.SECONDS);
	}

	private static void requireText(String name, String value) {
		if (value.isBlank()) {
			throw new IllegalArgumentException("'%s' must not be blank, got \"%s\"".formatted(name, value));
		}
	}

	/**
	 * Builder for an {@link EmbeddedScheduler}. Can start several schedulers. Not
	 * thread-safe.
	 */
	public static final class Builder {

		private String host = "localhost";

		private int port;

		private long maxHeldBytes = Math.min(Runtime.getRuntime().maxMemory() / 4, 256 << 20);

		private int maxTasks = 10_000;

		private int maxActivityEntries = 10_000;

		private int maxActivityEntriesPerAgent = 100;

		private Duration defaultGracePeriod = Duration.ofSeconds(30);

		private Duration shutdownGracePeriod = Duration.ofSeconds(5);

		private Clock clock = Clock.systemUTC();

		private ServerCredentials serverCredentials = InsecureServerCredentials.create();

		private final List<ServerInterceptor> interceptors = new ArrayList<>();

		private Builder() {
		}

		/**
		 * Set the address to listen on. By default it is {@code localhost}, so that only
		 * this machine can connect.
		 * @param host a host name or IP address of this machine, or {@code 0.0.0.0} for
		 * all of its addresses
		 * @return this builder
		 * @throws IllegalArgumentException if the address is blank
		 */
		public Builder address(String host) {
			requireText("address", host);
			this.host = host;
			return this;
		}

		/**
		 * Set the port to listen on.
		 * @param port the port, 0 to 65535; 0, the default, selects any free port
		 * @return this builder
		 * @throws IllegalArgumentException if the port is out of range
		 */
		public Builder port(int port) {
			if (port < 0 || port > 65535) {
				throw new IllegalArgumentException("'port' must be in range [0, 65535], got " + port);
			}
			this.port = port;
			return this;
		}

		/**
		 * Limit the tasks that are queued or running. Further submissions are refused.
		 * @param limit the limit, at least 1; 10 000 by default
		 * @return this builder
		 * @throws IllegalArgumentException if the limit is less than 1
		 */
		public Builder maxTasks(int limit) {
			this.maxTasks = requirePositive("maxTasks", limit);
			return this;
		}

		/**
		 * Limit the memory for the payloads of tasks and for the text of tasks, agent
		 * identifiers and activity entries. When the memory limit is reached, the oldest
		 * finished tasks are discarded first. Then calls that need memory fail with
		 * {@code RESOURCE_EXHAUSTED}, and activity entries are refused as if the buffer
		 * were full.
		 * <p>
		 * {@linkplain EmbeddedScheduler#calls() Received calls} may take an eighth of
		 * this amount in addition.
		 * <p>
		 * Responses that clients have not read yet may take the same amount in addition,
		 * and those of one connection an eighth of it; further responses of more than 1
		 * KiB wait. If no client reads anything for two seconds and others wait, the
		 * connection with the oldest unread response is dropped.
		 * @param bytes the limit in bytes, at least 1, where a character counts as two
		 * bytes; by default a quarter of the JVM's {@linkplain Runtime#maxMemory()
		 * maximum memory}, but not more than 256 MiB
		 * @return this builder
		 * @throws IllegalArgumentException if the limit is less than 1
		 */
		public Builder maxHeldBytes(long bytes) {
			this.maxHeldBytes = requirePositive("maxHeldBytes", bytes);
			return this;
		}

		/**
		 * Limit the activity entries of all agents together. When the limit is reached,
		 * further entries are refused until some are purged, and
		 * {@linkplain EmbeddedScheduler#refusedActivityEntries() counted}. Tasks are
		 * accepted nevertheless.
		 * @param limit the limit, at least 1; 10 000 by default
		 * @return this builder
		 * @throws IllegalArgumentException if the limit is less than 1
		 */
		public Builder maxActivityEntries(int limit) {
			this.maxActivityEntries = requirePositive("maxActivityEntries", limit);
			return this;
		}

		/**
		 * Limit the activity entries of each agent. When the limit is reached, further
		 * entries of the agent are refused until some are purged, and
		 * {@linkplain EmbeddedScheduler#refusedActivityEntries() counted}. Tasks are
		 * accepted nevertheless.
		 * @param limit the limit, at least 1; 100 by default
		 * @return this builder
		 * @throws IllegalArgumentException if the limit is less than 1
		 */
		public Builder maxActivityEntriesPerAgent(int limit) {
			this.maxActivityEntriesPerAgent = requirePositive("maxActivityEntriesPerAgent", limit);
			return this;
		}

		/**
		 * Set the time that the running tasks of an agent have to complete after its
		 * shutdown if the request does not specify it.
		 * @param gracePeriod the grace period, from zero to about 10 000 years; 30
		 * seconds by default
		 * @return this builder
		 * @throws IllegalArgumentException if the grace period is out of range
		 */
		public Builder defaultGracePeriod(Duration gracePeriod) {
			this.defaultGracePeriod = requireGracePeriod("defaultGracePeriod", gracePeriod);
			return this;
		}

		/**
		 * Set the time that calls in flight have to complete after
		 * {@link EmbeddedScheduler#close()}.
		 * @param gracePeriod the grace period, from zero to about 10 000 years; 5 seconds
		 * by default
		 * @return this builder
		 * @throws IllegalArgumentException if the grace period is out of range
		 */
		public Builder shutdownGracePeriod(Duration gracePeriod) {
			this.shutdownGracePeriod = requireGracePeriod("shutdownGracePeriod", gracePeriod);
			return this;
		}

		/**
		 * Set the clock for timestamps and for the grace periods of agents, so that tests
		 * can control the time.
		 * @param clock the clock; the system's by default
		 * @return this builder
		 */
		public Builder clock(Clock clock) {
			this.clock = Objects.requireNonNull(clock, "'clock' must not be null");
			return this;
		}

		/**
		 * Set the server's credentials, to use TLS.
		 * @param credentials the credentials; {@link InsecureServerCredentials} by
		 * default
		 * @return this builder
		 */
		public Builder serverCredentials(ServerCredentials credentials) {
			this.serverCredentials = Objects.requireNonNull(credentials, "'credentials' must not be null");
			return this;
		}

		/**
		 * Add an interceptor, for example to read the metadata of calls. It intercepts
		 * all calls, including those that a fault applies to. The interceptor that was
		 * added last is called first.
		 * @param interceptor the interceptor
		 * @return this builder
		 */
		public Builder intercept(ServerInterceptor interceptor) {
			this.interceptors.add(Objects.requireNonNull(interceptor, "'interceptor' must not be null"));
			return this;
		}

		/**
		 * Start a scheduler with these settings. If the start fails, all threads and
		 * sockets are released.
		 * @return the running scheduler
		 * @throws EmbeddedSchedulerStartException if it can't listen on the address, for
		 * example because the port is in use
		 * @throws IllegalArgumentException if gRPC does not support server credentials of
		 * this type
		 */
		public EmbeddedScheduler start() {
			return new EmbeddedScheduler(this);
		}

		private static <T extends Number> T requirePositive(String name, T value) {
			if (value.longValue() < 1) {
				throw new IllegalArgumentException("'%s' must be at least 1, got %d".formatted(name, value));
			}
			return value;
		}

		private static Duration requireGracePeriod(String name, Duration value) {
			if (value.isNegative() || value.compareTo(SchedulerService.MAX_GRACE_PERIOD) > 0) {
				throw new IllegalArgumentException("'%s' must be in range [%s, %s], got %s".formatted(name,
						Duration.ZERO, SchedulerService.MAX_GRACE_PERIOD, value));
			}
			return value;
		}

	}

}
