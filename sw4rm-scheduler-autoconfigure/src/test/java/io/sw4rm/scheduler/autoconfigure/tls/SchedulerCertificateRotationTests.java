package io.sw4rm.scheduler.autoconfigure.tls;

import java.lang.ref.WeakReference;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

import com.google.common.util.concurrent.Uninterruptibles;
import io.grpc.ManagedChannel;
import io.netty.pkitesting.X509Bundle;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.CompositeChannelFactoryAutoConfiguration;
import org.springframework.boot.grpc.client.autoconfigure.GrpcClientAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

import io.sw4rm.scheduler.autoconfigure.SchedulerAutoConfiguration;
import io.sw4rm.scheduler.autoconfigure.SchedulerConnections;
import io.sw4rm.scheduler.autoconfigure.channel.SchedulerChannel;
import io.sw4rm.scheduler.client.AsyncSchedulerClient;
import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SchedulerUnavailableException;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.embedded.EmbeddedScheduler;
import io.sw4rm.scheduler.embedded.Rpc;
import io.sw4rm.scheduler.testsupport.Ports;
import io.sw4rm.scheduler.testsupport.ReceivedCalls;
import io.sw4rm.scheduler.testsupport.TcpProxy;
import io.sw4rm.scheduler.testsupport.TestCertificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for certificates that are replaced while the application runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchedulerCertificateRotationTests {

	private static final TestCertificates certificates = new TestCertificates();

	private final TlsRecorder recorder = new TlsRecorder();

	private final ReceivedCalls received = new ReceivedCalls();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, GrpcClientAutoConfiguration.class,
				CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
		.withPropertyValues(certificates.bundleProperties("client", certificates.issue("client-0")))
		.withPropertyValues("sw4rm.scheduler.ssl.bundle=client", "sw4rm.scheduler.retry.max-attempts=1",
				"sw4rm.scheduler.shutdown-grace-period=0s");

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void schedulerSeesTheNewCertificateFromTheNextCallOn(String protocol) {
		try (EmbeddedScheduler scheduler = start(protocol)) {
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address()).run((context) -> {
				poll(context);
				assertThat(this.recorder.client()).isEqualTo("CN=client-0");
				for (int i = 1; i <= 5; i++) {
					rotate(context, "client-" + i);
					poll(context);
					assertThat(this.recorder.client()).isEqualTo("CN=client-" + i);
					assertThat(this.recorder.protocol()).isEqualTo(protocol);
				}
			});
		}
	}

	@Test
	void schedulersOfListSeeTheNewCertificate() {
		try (EmbeddedScheduler one = start("TLSv1.3"); EmbeddedScheduler two = start("TLSv1.3")) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=%s,%s".formatted(one.address(), two.address()))
				.run((context) -> {
					AtomicInteger generation = new AtomicInteger();
					for (int i = 0; i < 20; i++) {
						if (i % 4 == 2) {
							rotate(context, "client-" + generation.incrementAndGet());
						}
						poll(context);
						assertThat(this.recorder.client()).isEqualTo("CN=client-" + generation.get());
					}
					// Until both connections stand again, all calls go to one
					Awaitility.await().until(() -> {
						poll(context);
						assertThat(this.recorder.client()).isEqualTo("CN=client-" + generation.get());
						return one.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > 0
								&& two.faults().calls(Rpc.POLL_ACTIVITY_BUFFER) > 0;
					});
				});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void noCallFailsUnderLoad(String protocol) {
		try (EmbeddedScheduler scheduler = start(protocol)) {
			this.contextRunner
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address(),
						"sw4rm.scheduler.retry.operations=")
				.run((context) -> {
					int calls;
					try (Load load = new Load(context)) {
						for (int i = 1; i <= 5; i++) {
							load.awaitMoreCalls();
							rotate(context, "client-" + i);
							String subject = "CN=client-" + i;
							Awaitility.await().until(() -> this.recorder.client().equals(subject));
							load.awaitMoreCalls();
							assertThat(this.recorder.client()).isEqualTo(subject);
						}
						calls = load.stop();
					}
					assertThat(this.received.correlationIds()).doesNotHaveDuplicates().hasSize(calls);
				});
		}
	}

	@Test
	void runningCallsFinishOnTheOldConnection() {
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address()).run((context) -> {
				scheduler.faults().on(Rpc.SUBMIT_TASK).delay(Duration.ofSeconds(6));
				CompletableFuture<?> running = context.getBean(AsyncSchedulerClient.class)
					.submitTask(TaskSubmission.forAgent("worker-1").build());
				Awaitility.await().until(() -> scheduler.faults().calls(Rpc.SUBMIT_TASK) == 1);
				rotate(context, "client-1");
				poll(context);
				assertThat(this.recorder.client()).isEqualTo("CN=client-1");
				assertThat(running).isNotDone();
				assertThat(running).succeedsWithin(Duration.ofSeconds(20));
				assertThat(scheduler.faults().calls(Rpc.SUBMIT_TASK)).isEqualTo(1);
			});
		}
	}

	@Test
	void followsTheSchedulerToAnotherAuthority() {
		TestCertificates next = new TestCertificates();
		EmbeddedScheduler old = EmbeddedScheduler.builder().serverCredentials(certificates.serverCredentials()).start();
		this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + old.address()).run((context) -> {
			poll(context);
			old.close();
			try (EmbeddedScheduler renewed = Ports.listenAgain(
					EmbeddedScheduler.builder().port(old.port()).serverCredentials(next.serverCredentials())::start)) {
				Awaitility.await().untilAsserted(() -> assertRefused(context));
				update(context, PemBundles.of(next, next.issue("client-1")));
				poll(context);
				assertThat(renewed.faults().calls(Rpc.POLL_ACTIVITY_BUFFER)).isEqualTo(1);
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void refusesTheSchedulerOnceItsAuthorityIsTrustedNoMore(String protocol) {
		TestCertificates other = new TestCertificates();
		try (EmbeddedScheduler scheduler = start(protocol)) {
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address()).run((context) -> {
				poll(context);
				update(context, PemBundles.of(other, other.issue("client-1")));
				assertRefused(context);
			});
		}
	}

	@Test
	void followsFilesOfBundle(@TempDir Path directory) throws Exception {
		write(directory, certificates.issue("client-0"), certificates.authorityPem());
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			this.contextRunner.withPropertyValues(fileProperties(directory))
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address())
				.run((context) -> {
					poll(context);
					assertThat(this.recorder.client()).isEqualTo("CN=client-0");
					for (int i = 1; i <= 3; i++) {
						write(directory, certificates.issue("client-" + i), certificates.authorityPem());
						String subject = "CN=client-" + i;
						awaitCertificate(context, subject);
					}
				});
		}
	}

	@Test
	void goesOnWithOldCertificatesWhenNewFilesCannotBeUsed(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		write(directory, certificates.issue("client-0"), certificates.authorityPem());
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			this.contextRunner.withPropertyValues(fileProperties(directory))
				.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address())
				.run((context) -> {
					poll(context);
					String logged = output.getAll();
					write(directory, certificates.issue("client-1"), "not a certificate");
					Awaitility.await()
						.atMost(Duration.ofSeconds(30))
						.until(() -> output.getAll()
							.substring(logged.length())
							.contains("the current certificates remain in use"));
					context.getBean(SchedulerChannel.BEAN_NAME, ManagedChannel.class).enterIdle();
					poll(context);
					assertThat(this.recorder.client()).isEqualTo("CN=client-0");
					write(directory, certificates.issue("client-2"), certificates.authorityPem());
					awaitCertificate(context, "CN=client-2");
				});
		}
	}

	@Test
	void neverUsesKeyThatDoesNotMatchItsCertificateIfBootVerifiesKeys(@TempDir Path directory, CapturedOutput output)
			throws Exception {
		write(directory, certificates.issue("client-0"), certificates.authorityPem());
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			this.contextRunner.withPropertyValues(fileProperties(directory))
				.withPropertyValues("spring.ssl.bundle.pem.files.keystore.verify-keys=true",
						"sw4rm.scheduler.address=" + scheduler.address())
				.run((context) -> {
					poll(context);
					X509Bundle next = certificates.issue("client-1");
					write(directory.resolve("client.crt"), next.getCertificatePathPEM());
					Awaitility.await()
						.atMost(Duration.ofSeconds(30))
						.until(() -> output.getAll().contains("matches none of the certificates"));
					poll(context);
					assertThat(this.recorder.client()).isEqualTo("CN=client-0");
					write(directory.resolve("client.key"), next.getPrivateKeyPEM());
					Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
						poll(context);
						return this.recorder.client().equals("CN=client-1");
					});
				});
		}
	}

	@Test
	void keepsProtocolsOfBundleWhenItIsUpdated(CapturedOutput output) {
		try (EmbeddedScheduler scheduler = start("TLSv1.2", "TLSv1.3")) {
			this.contextRunner
				.withPropertyValues("spring.ssl.bundle.pem.client.options.enabled-protocols=TLSv1.2",
						"sw4rm.scheduler.address=" + scheduler.address())
				.run((context) -> {
					poll(context);
					SslStoreBundle stores = PemBundles.of(certificates, certificates.issue("client-1")).getStores();
					update(context, SslBundle.of(stores, null, SslOptions.of(null, new String[] { "TLSv1.3" })));
					assertThat(output).contains("can't change without a restart");
					update(context, SslBundle.of(stores, null, SslOptions.of(null, new String[] { "TLSv1.2" })));
					poll(context);
					assertThat(this.recorder.client()).isEqualTo("CN=client-1");
					assertThat(this.recorder.protocol()).isEqualTo("TLSv1.2");
				});
		}
	}

	/**
	 * The connection was made by the rules of the bundle that was replaced meanwhile.
	 */
	@Test
	void noCallUsesConnectionWhoseHandshakeWasOvertakenByUpdate() {
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address()).run((context) -> {
				X509Bundle client = certificates.issue("client-1");
				SslBundle withoutTrust = PemBundles.of(new TestCertificates(), client);
				AtomicInteger handshakes = new AtomicInteger();
				update(context, UpdatingTrustManager.bundle(client, () -> {
					handshakes.incrementAndGet();
					update(context, withoutTrust);
				}));
				assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> poll(context))
					.withMessageContaining("sw4rm.scheduler.ssl.bundle");
				assertThat(handshakes).hasValue(1);
			});
		}
	}

	@Test
	void refusesUpdateWithSeveralKeysOfWhichNoneIsChosen(CapturedOutput output) throws Exception {
		KeyStore keyStore = KeyStore.getInstance("PKCS12");
		keyStore.load(null, null);
		for (String alias : List.of("one", "two")) {
			X509Bundle client = certificates.issue(alias);
			keyStore.setKeyEntry(alias, client.getKeyPair().getPrivate(), new char[0], client.getCertificatePath());
		}
		KeyStore trustStore = PemBundles.of(certificates, certificates.issue("client-1")).getStores().getTrustStore();
		SslStoreBundle stores = SslStoreBundle.of(keyStore, "", trustStore);
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=" + scheduler.address()).run((context) -> {
				poll(context);
				update(context, SslBundle.of(stores, SslBundleKey.NONE));
				assertThat(output).contains("several private keys (one, two)").contains("option 'key.alias'");
				context.getBean(SchedulerChannel.BEAN_NAME, ManagedChannel.class).enterIdle();
				poll(context);
				assertThat(this.recorder.client()).isEqualTo("CN=client-0");
				update(context, SslBundle.of(stores, SslBundleKey.of(null, "two")));
				poll(context);
				assertThat(this.recorder.client()).isEqualTo("CN=two");
			});
		}
	}

	@Test
	void noCallUsesSessionOfHandshakeThatWasUnderWayDuringUpdate() throws Exception {
		try (EmbeddedScheduler scheduler = EmbeddedScheduler.start();
				// The client knows a session of TLS 1.2 as soon as the handshake is over
				TcpProxy proxy = TcpProxy.withMutualTls(certificates, "TLSv1.2", scheduler.port())) {
			proxy.silence();
			this.contextRunner.withPropertyValues("sw4rm.scheduler.address=localhost:" + proxy.port())
				.run((context) -> {
					CompletableFuture<?> call = context.getBean(AsyncSchedulerClient.class)
						.pollActivityBuffer("worker-1");
					Awaitility.await().until(() -> !proxy.sessions().isEmpty());
					rotate(context, "client-1");
					proxy.restore();
					assertThat(call).succeedsWithin(Duration.ofSeconds(20));
					// Most often another connection, which resumes the session of the
					// first, comes between these two
					assertThat(proxy.sessions()).extracting(TlsRecorder::client)
						.startsWith("CN=client-0")
						.endsWith("CN=client-1");
				});
		}
	}

	@Test
	void bundlesDoNotKeepChannelOfClosedContextAlive() {
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("client",
				PemBundles.of(certificates, certificates.issue("client-0")));
		try (EmbeddedScheduler scheduler = start("TLSv1.3")) {
			AtomicLong contexts = new AtomicLong();
			List<WeakReference<ManagedChannel>> channels = IntStream.range(0, 3)
				.mapToObj((i) -> channelOfClosedContext(bundles, scheduler, contexts))
				.toList();
			assertThat(contexts).hasValue(3);
			bundles.updateBundle("client", PemBundles.of(certificates, certificates.issue("client-1")));
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
				System.gc();
				return channels.stream().allMatch((channel) -> channel.refersTo(null));
			});
		}
		assertThat(bundles.getBundleNames()).containsExactly("client");
	}

	private WeakReference<ManagedChannel> channelOfClosedContext(DefaultSslBundleRegistry bundles,
			EmbeddedScheduler scheduler, AtomicLong contexts) {
		AtomicBoolean polled = new AtomicBoolean();
		WeakReference<?>[] channel = new WeakReference<?>[1];
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GrpcClientAutoConfiguration.class,
					CompositeChannelFactoryAutoConfiguration.class, SchedulerAutoConfiguration.class))
			.withBean(DefaultSslBundleRegistry.class, () -> bundles)
			.withPropertyValues("sw4rm.scheduler.ssl.bundle=client", "sw4rm.scheduler.address=" + scheduler.address())
			.run((context) -> {
				poll(context);
				polled.set(true);
				contexts.incrementAndGet();
				channel[0] = new WeakReference<>(context.getBean(SchedulerChannel.BEAN_NAME, ManagedChannel.class));
			});
		assertThat(polled).isTrue();
		@SuppressWarnings("unchecked")
		WeakReference<ManagedChannel> reference = (WeakReference<ManagedChannel>) channel[0];
		return reference;
	}

	private EmbeddedScheduler start(String... protocols) {
		return EmbeddedScheduler.builder()
			.serverCredentials(certificates.mutualServerCredentials(protocols))
			.intercept(this.recorder)
			.intercept(this.received)
			.shutdownGracePeriod(Duration.ZERO)
			.start();
	}

	private static void rotate(ApplicationContext context, String commonName) {
		update(context, PemBundles.of(certificates, certificates.issue(commonName)));
	}

	private static void update(ApplicationContext context, SslBundle bundle) {
		context.getBean(SslBundleRegistry.class).updateBundle("client", bundle);
	}

	private static void poll(ApplicationContext context) {
		assertThat(context.getBean(SchedulerClient.class).pollActivityBuffer("worker-1")).isEmpty();
	}

	/**
	 * A slow machine may read the files between the writes of the certificate and its
	 * key.
	 */
	private void awaitCertificate(ApplicationContext context, String subject) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreException(SchedulerUnavailableException.class)
			.until(() -> {
				poll(context);
				return this.recorder.client().equals(subject);
			});
	}

	private static void assertRefused(ApplicationContext context) {
		assertThatExceptionOfType(SchedulerUnavailableException.class).isThrownBy(() -> poll(context))
			.withStackTraceContaining("PKIX path");
	}

	private static String[] fileProperties(Path directory) {
		String prefix = "spring.ssl.bundle.pem.files.";
		return new String[] { "sw4rm.scheduler.ssl.bundle=files", "spring.ssl.bundle.watch.file.quiet-period=200ms",
				prefix + "reload-on-update=true",
				prefix + "truststore.certificate=" + directory.resolve("ca.crt").toUri(),
				prefix + "keystore.certificate=" + directory.resolve("client.crt").toUri(),
				prefix + "keystore.private-key=" + directory.resolve("client.key").toUri() };
	}

	private static void write(Path directory, X509Bundle client, String authority) throws Exception {
		write(directory.resolve("ca.crt"), authority);
		write(directory.resolve("client.crt"), client.getCertificatePathPEM());
		write(directory.resolve("client.key"), client.getPrivateKeyPEM());
	}

	/**
	 * Whoever reads the file sees all of the old or all of the new.
	 */
	private static void write(Path file, String content) throws Exception {
		Path temporary = Files.createTempFile(file.getParent().getParent(), "content", null);
		Files.writeString(temporary, content);
		Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
	}

	/**
	 * Lets something happen in the middle of a handshake.
	 */
	private static final class UpdatingTrustManager extends X509ExtendedTrustManager {

		private final Runnable update;

		private UpdatingTrustManager(Runnable update) {
			this.update = update;
		}

		static SslBundle bundle(X509Bundle client, Runnable update) {
			SslManagerBundle managers = PemBundles.of(certificates, client).getManagers();
			TrustManager trustManager = new UpdatingTrustManager(update);
			return SslBundle.of(null, null, null, null, new SslManagerBundle() {

				@Override
				public KeyManagerFactory getKeyManagerFactory() {
					return managers.getKeyManagerFactory();
				}

				@Override
				public TrustManager[] getTrustManagers() {
					return new TrustManager[] { trustManager };
				}

				@Override
				public TrustManagerFactory getTrustManagerFactory() {
					return managers.getTrustManagerFactory();
				}

			});
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
			this.update.run();
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) {
			throw new UnsupportedOperationException();
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

	/**
	 * Calls without a pause, blocking and not, that are all to succeed.
	 */
	private static final class Load implements AutoCloseable {

		private static final int THREADS = 4;

		private static final int ASYNC_CALLS = 8;

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final AtomicLong calls = new AtomicLong();

		private final ExecutorService executor = Executors.newCachedThreadPool();

		private final List<Future<?>> callers;

		Load(ApplicationContext context) {
			SchedulerClient client = context.getBean(SchedulerClient.class);
			AsyncSchedulerClient asyncClient = context.getBean(AsyncSchedulerClient.class);
			this.callers = IntStream.rangeClosed(0, THREADS)
				.<Future<?>>mapToObj((i) -> this.executor
					.submit((i > 0) ? () -> callBlocking(client) : () -> callAsync(asyncClient)))
				.toList();
		}

		private void callBlocking(SchedulerClient client) {
			while (!this.stopped.get()) {
				client.pollActivityBuffer("worker-1");
				this.calls.incrementAndGet();
			}
		}

		private void callAsync(AsyncSchedulerClient client) {
			Semaphore permits = new Semaphore(ASYNC_CALLS);
			CompletableFuture<Void> failure = new CompletableFuture<>();
			while (!this.stopped.get() && !failure.isDone()) {
				permits.acquireUninterruptibly();
				client.pollActivityBuffer("worker-1").whenComplete((entries, ex) -> {
					this.calls.incrementAndGet();
					if (ex != null) {
						failure.completeExceptionally(ex);
					}
					permits.release();
				});
			}
			permits.acquireUninterruptibly(ASYNC_CALLS);
			failure.complete(null);
			failure.join();
		}

		void awaitMoreCalls() {
			long target = this.calls.get() + 200;
			Awaitility.await().until(() -> this.calls.get() > target || this.callers.stream().anyMatch(Future::isDone));
		}

		/**
		 * Wait until all calls have ended well.
		 * @return how many there were
		 */
		int stop() throws ExecutionException {
			this.stopped.set(true);
			this.executor.shutdown();
			for (Future<?> caller : this.callers) {
				Uninterruptibles.getUninterruptibly(caller);
			}
			return this.calls.intValue();
		}

		@Override
		public void close() {
			this.stopped.set(true);
			this.executor.shutdown();
		}

	}

}
