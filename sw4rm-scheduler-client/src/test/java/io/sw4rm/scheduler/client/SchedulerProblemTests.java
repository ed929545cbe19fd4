package io.sw4rm.scheduler.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.TlsServerCredentials.ClientAuth;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.sw4rm.scheduler.client.address.SchedulerAddress;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.testsupport.Http2Server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link SchedulerProblem}: by the failures themselves, wherever they can be
 * had.
 */
@Timeout(60)
class SchedulerProblemTests {

	private static X509Bundle authority;

	private static X509Bundle certificate;

	@RegisterExtension
	final TestScheduler scheduler = new TestScheduler();

	private final List<ManagedChannel> channels = new CopyOnWriteArrayList<>();

	private final List<Server> servers = new CopyOnWriteArrayList<>();

	@BeforeAll
	static void createCertificates() throws Exception {
		authority = new CertificateBuilder().ecp256()
			.subject("CN=Test CA")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		certificate = certificate("localhost");
	}

	@AfterEach
	void shutdown() {
		this.channels.forEach(ManagedChannel::shutdownNow);
		this.servers.forEach(Server::shutdownNow);
	}

	@Test
	void responseIsTooLarge() {
		this.scheduler.answers(PollActivityBufferResponse.newBuilder()
			.addEntries(io.sw4rm.scheduler.proto.ActivityEntry.newBuilder().setDescription("x".repeat(100)))
			.build());
		ManagedChannel channel = channel(
				SchedulerAddress.parse(this.scheduler.address()).newChannelBuilder().maxInboundMessageSize(99));
		assertThatProblemIs(SchedulerProblem.MESSAGE_TOO_LARGE, channel);
	}

	@Test
	void metadataIsTooLarge() {
		SchedulerClient client = SchedulerClient.create(this.scheduler.channel())
			.withMetadata("x-large", "x".repeat(20_000));
		assertThatProblemIs(SchedulerProblem.MESSAGE_TOO_LARGE, client);
	}

	@Test
	void limitIsReached() {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.channel()).maxInFlight(1);
		CompletableFuture<?> first = builder.buildAsync().pollActivityBuffer("worker-1");
		assertThatProblemIs(SchedulerProblem.CALL_LIMIT_REACHED, builder.build());
		first.cancel(true);
	}

	@Test
	void channelIsShutDown() {
		this.scheduler.channel().shutdown();
		assertThatProblemIs(SchedulerProblem.CHANNEL_SHUT_DOWN, this.scheduler.channel());
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			BLOCKING, true
			BLOCKING, false
			ASYNC,    true
			ASYNC,    false
			REACTIVE, true
			REACTIVE, false
			""")
	void channelAndItsExecutorAreShutDown(ClientStyle style, boolean retry) throws InterruptedException {
		ExecutorService executor = Executors.newCachedThreadPool();
		ManagedChannel channel = channel(executor, retry);
		SchedulerClient client = style.build(SchedulerClient.builder(channel));
		client.pollActivityBuffer("worker-1");
		channel.shutdown();
		assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		// As gRPC does with its own one a second later
		executor.shutdown();
		assertThatProblemIs(SchedulerProblem.CHANNEL_SHUT_DOWN, client);
		assertThat(failure(client)).isInstanceOf(SchedulerUnavailableException.class)
			.hasMessageContaining("UNAVAILABLE: Channel shutdown");
	}

	@ParameterizedTest
	@EnumSource(ClientStyle.class)
	void rejectionWithoutShutdownIsNoProblemOfTheChannel(ClientStyle style) {
		RejectedExecutionException failure = new RejectedExecutionException("too many tasks");
		SchedulerClient client = style
			.build(SchedulerClient.builder(this.scheduler.channel()).intercept(new ClientInterceptor() {

				@Override
				public <Q, S> ClientCall<Q, S> interceptCall(MethodDescriptor<Q, S> method, CallOptions options,
						Channel next) {
					throw failure;
				}

			}));
		assertThat(catchThrowable(() -> client.pollActivityBuffer("worker-1"))).isSameAs(failure);
	}

	private ManagedChannel channel(Executor executor, boolean retry) {
		ManagedChannelBuilder<?> builder = SchedulerAddress.parse(this.scheduler.address())
			.newChannelBuilder()
			.executor(executor);
		return channel(retry ? builder.enableRetry() : builder.disableRetry());
	}

	@Test
	void serverSpeaksHttp1() throws IOException {
		assertThatProblemOfServerThatAnswers("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "",
				SchedulerProblem.HTTP_1);
	}

	@Test
	void tlsServerThatIsAnsweredWithHttp1() throws IOException {
		assertThatProblemOfServerThatAnswers("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "https://",
				SchedulerProblem.HTTP_1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "200", "403", "404", "500", "502", "503" })
	void serverAnswersWithPage(String status) {
		assertThatProblemOfAnswer(page(status), SchedulerProblem.HTTP_RESPONSE);
	}

	@Test
	void serverAnswersWithPageBecauseCredentialsAreRejected() {
		assertThatProblemOfAnswer(page("401"), SchedulerProblem.CREDENTIALS_REJECTED);
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"Health-check stream unexpectedly closed with Status{code=OK, description=null, cause=null} for ''",
			"Health-check service responded SERVICE_UNKNOWN for 'unknown'" })
	void clientSideHealthCheckFails(String description) {
		assertThat(SchedulerProblem.of(Status.UNAVAILABLE.withDescription(description)))
			.isEqualTo(SchedulerProblem.HEALTH_CHECK_FAILED);
	}

	@Test
	void describesStatusWithMostSpecificCauseInOneLine() {
		Throwable cause = new IllegalStateException("further away",
				new IOException("Connection \u001brefused\nat once"));
		assertThat(SchedulerProblem
			.describe(Status.UNAVAILABLE.withDescription("\nio exception\n<html>").withCause(cause)))
			.isEqualTo("UNAVAILABLE: io exception: Connection  refused");
	}

	@Test
	void describesStatusWithTokenOfManyParts() {
		assertThat(SchedulerProblem
			.describe(Status.UNAUTHENTICATED.withDescription("refused: eyJ0" + ".part-1".repeat(10_000) + " expired")))
			.isEqualTo("UNAUTHENTICATED: refused: *** expired");
	}

	@Test
	void describesStatusWithoutSayingThingsTwice() {
		assertThat(SchedulerProblem.describe(Status.INTERNAL)).isEqualTo("INTERNAL");
		assertThat(SchedulerProblem
			.describe(Status.INTERNAL.withDescription("broken").withCause(new IOException("broken"))))
			.isEqualTo("INTERNAL: broken");
		assertThat(SchedulerProblem.describe(Status.INTERNAL.withCause(new IOException())))
			.isEqualTo("INTERNAL: IOException");
	}

	@Test
	void clientPingsTooOften() {
		SchedulerException failure = assertThatProblemOfAnswer((stream) -> {
			stream.goAway(true, Http2Error.ENHANCE_YOUR_CALM, "too_many_pings");
			stream.close();
		}, SchedulerProblem.TOO_MANY_PINGS);
		assertThat(failure.getStatusCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(failure.getErrorCode()).isEqualTo(SchedulerErrorCode.AGENT_UNAVAILABLE);
		assertThat(failure.isRetryable()).isTrue();
	}

	@Test
	void serverDoesNotNegotiateProtocols() throws Exception {
		assertThatProblemOfTlsServer(SchedulerProblem.HTTP_2_NOT_OFFERED, SchedulerProblemTests::endOutput);
	}

	@Test
	void serverNegotiatesHttp1Alone() throws Exception {
		assertThatProblemOfTlsServer(SchedulerProblem.HTTP_2_NOT_OFFERED, SchedulerProblemTests::endOutput, "http/1.1");
	}

	/**
	 * With TLS 1.3, the client learns after the handshake that its certificate is
	 * missing. Some servers close the connection without saying why.
	 */
	@Test
	void serverClosesConnectionAfterHandshake() throws Exception {
		assertThatProblemOfTlsServer(SchedulerProblem.CONNECTION_CLOSED, SchedulerProblemTests::endOutput, "h2");
		assertThat(SchedulerProblem.CONNECTION_CLOSED.remedy()).contains("TLS", "client certificate");
	}

	@Test
	void serverResetsConnectionAfterHandshake() throws Exception {
		assertThatProblemOfTlsServer(SchedulerProblem.CONNECTION_CLOSED, (connection) -> {
			connection.setSoLinger(true, 0);
			connection.close();
		}, "h2");
	}

	@Test
	void connectionIsClosedWhileTheClientWrites() {
		assertThat(List.of(new ClosedChannelException(), new IOException("Broken pipe")))
			.allSatisfy((cause) -> assertThat(SchedulerProblem.of(Status.UNAVAILABLE.withCause(cause)))
				.isEqualTo(SchedulerProblem.CONNECTION_CLOSED));
	}

	@Test
	void serverClosesConnectionDuringHandshake() throws IOException {
		assertThatProblemOfServerThatAnswers("", "https://", SchedulerProblem.CONNECTION_CLOSED);
	}

	private SchedulerException assertThatProblemOfAnswer(Http2Server.Answer answer, SchedulerProblem problem) {
		try (Http2Server server = new Http2Server()) {
			server.answer(answer);
			return assertThatProblemIs(problem,
					SchedulerClient.create(channel(SchedulerAddress.parse(server.address()).newChannelBuilder())));
		}
	}

	private static Http2Server.Answer page(String status) {
		return (stream) -> {
			stream.headers(new DefaultHttp2Headers().status(status).set("content-type", "text/html"), false);
			stream.data("<h1>Sorry!</h1>".getBytes(StandardCharsets.US_ASCII), true);
		};
	}

	private void assertThatProblemOfTlsServer(SchedulerProblem problem, ConnectionEnd end,
			String... applicationProtocols) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
		try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> shakeHands(server, context, applicationProtocols, end));
			assertThatProblemIs(problem, tlsChannel(server.getLocalPort()));
		}
	}

	private static void shakeHands(ServerSocket server, SSLContext context, String[] applicationProtocols,
			ConnectionEnd end) {
		try (Socket connection = server.accept()) {
			SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(connection, null, 0, false);
			tls.setUseClientMode(false);
			SSLParameters parameters = tls.getSSLParameters();
			parameters.setApplicationProtocols(applicationProtocols);
			tls.setSSLParameters(parameters);
			tls.startHandshake();
			end.of(connection);
		}
		catch (IOException ex) {
			// The client rejected the server
		}
	}

	private static void endOutput(Socket connection) throws IOException {
		connection.shutdownOutput();
		connection.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	@Test
	void serverRequiresTls() throws IOException {
		Server server = server(serverCredentials(certificate, ClientAuth.NONE));
		ManagedChannel channel = channel(SchedulerAddress.parse("localhost:" + server.getPort()).newChannelBuilder());
		SchedulerException failure = failure(SchedulerClient.create(channel));
		// What it is depends on whether the server says anything
		assertThat(failure.getProblem()).isIn(SchedulerProblem.TLS_REQUIRED, SchedulerProblem.CONNECTION_CLOSED);
	}

	@Test
	void serverSendsTlsAlert() throws IOException {
		String alert = new String(HexFormat.of().parseHex("15030300020246000000000000"), StandardCharsets.ISO_8859_1);
		assertThatProblemOfServerThatAnswers(alert, "", SchedulerProblem.TLS_REQUIRED);
	}

	@Test
	void serverDoesNotSupportTls() {
		ManagedChannel channel = channel(
				SchedulerAddress.parse("https://" + this.scheduler.address()).newChannelBuilder());
		assertThatProblemIs(SchedulerProblem.TLS_NOT_SUPPORTED, channel);
	}

	@Test
	void serverSpeaksSomethingElse() throws IOException {
		assertThatProblemOfServerThatAnswers("SSH-2.0-OpenSSH_9.6\r\n", "", SchedulerProblem.NOT_GRPC);
	}

	@Test
	void librariesDoNotBelongTogether() {
		Status status = Status.UNKNOWN.withCause(new IllegalStateException(new NoSuchMethodError("io.netty")));
		assertThat(SchedulerProblem.of(status)).isEqualTo(SchedulerProblem.LIBRARY_MISMATCH);
	}

	@Test
	void hostIsUnknown() {
		assertThatProblemIs(SchedulerProblem.UNKNOWN_HOST,
				channel(SchedulerAddress.parse("does-not-exist.invalid").newChannelBuilder()));
		Status status = Status.UNAVAILABLE.withCause(new IOException(new UnknownHostException("scheduler")));
		assertThat(SchedulerProblem.of(status)).isEqualTo(SchedulerProblem.UNKNOWN_HOST);
	}

	@Test
	void certificateIsNotTrusted() throws Exception {
		Server server = server(serverCredentials(certificate, ClientAuth.NONE));
		assertThatProblemIs(SchedulerProblem.CERTIFICATE_NOT_TRUSTED,
				channel(SchedulerAddress.parse("https://localhost:" + server.getPort()).newChannelBuilder()));
	}

	@Test
	void certificateHasExpired() throws Exception {
		Instant now = Instant.now();
		X509Bundle expired = certificate(now.minus(2, ChronoUnit.DAYS), now.minus(1, ChronoUnit.DAYS));
		Server server = server(serverCredentials(expired, ClientAuth.NONE));
		assertThatProblemIs(SchedulerProblem.CERTIFICATE_EXPIRED, tlsChannel(server));
	}

	@Test
	void certificateIsNotYetValid() throws Exception {
		Instant now = Instant.now();
		X509Bundle future = certificate(now.plus(1, ChronoUnit.DAYS), now.plus(2, ChronoUnit.DAYS));
		Server server = server(serverCredentials(future, ClientAuth.NONE));
		assertThatProblemIs(SchedulerProblem.CERTIFICATE_NOT_YET_VALID, tlsChannel(server));
	}

	private static X509Bundle certificate(Instant notBefore, Instant notAfter) throws Exception {
		return new CertificateBuilder().ecp256()
			.subject("CN=localhost")
			.addSanDnsName("localhost")
			.notBefore(notBefore)
			.notAfter(notAfter)
			.buildIssuedBy(authority);
	}

	@Test
	void certificateIsForOtherName() throws Exception {
		Server server = server(serverCredentials(certificate("elsewhere"), ClientAuth.NONE));
		assertThatProblemIs(SchedulerProblem.CERTIFICATE_FOR_OTHER_NAME, tlsChannel(server));
	}

	@Test
	void clientCertificateIsMissing() throws Exception {
		Server server = server(serverCredentials(certificate, ClientAuth.REQUIRE));
		assertThatProblemIs(SchedulerProblem.CLIENT_CERTIFICATE_REJECTED, tlsChannel(server));
	}

	@Test
	void handshakeFails() throws Exception {
		Server server = server(NettySslContextServerCredentials.create(GrpcSslContexts
			.forServer(stream(certificate.getCertificatePathPEM()), stream(certificate.getPrivateKeyPEM()))
			.protocols("TLSv1.2")
			.ciphers(List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))
			.build()));
		assertThatProblemIs(SchedulerProblem.TLS_HANDSHAKE_FAILED, tlsChannel(server));
	}

	@Test
	void schedulerIsNotReachable() throws InterruptedException {
		this.scheduler.stop();
		assertThatProblemIs(SchedulerProblem.NOT_REACHABLE, this.scheduler.channel());
	}

	@Test
	void credentialsAreRejected() {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		assertThatProblemIs(SchedulerProblem.CREDENTIALS_REJECTED, this.scheduler.channel());
	}

	@Test
	void credentialsThatCouldNotBeSentAreNoProblemOfTheScheduler() {
		Status status = Status.UNAUTHENTICATED.withCause(new IOException("no token"));
		assertThat(SchedulerProblem.of(status)).isNull();
	}

	@Test
	void connectionIsClosed() throws IOException {
		assertThatProblemOfServerThatAnswers("", "", SchedulerProblem.CONNECTION_CLOSED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "NOT_FOUND", "UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "DEADLINE_EXCEEDED" })
	void statusOfTheSchedulerSaysEnough(Status.Code code) {
		this.scheduler.fails(code.toStatus().withDescription("for a reason"));
		SchedulerException failure = failure(SchedulerClient.create(this.scheduler.channel()));
		assertThat(failure.getProblem()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void saysWhatItMeansAndWhatToDo(SchedulerProblem problem) {
		assertThat(List.of(problem.meaning(), problem.remedy())).allSatisfy((text) -> assertThat(text).isNotBlank()
			.doesNotEndWith(".")
			.doesNotContain("sw4rm.scheduler")
			.matches("[A-Z].*"));
	}

	@ParameterizedTest
	@EnumSource(ClientStyle.class)
	void remedyOfBuilderIsInMessage(ClientStyle style) {
		this.scheduler.fails(Status.UNAUTHENTICATED);
		Set<SchedulerProblem> asked = EnumSet.noneOf(SchedulerProblem.class);
		SchedulerClient client = style.build(SchedulerClient.builder(this.scheduler.channel()).remedies((problem) -> {
			asked.add(problem);
			return "Set the property";
		}));
		assertThat(failure(client))
			.hasMessageEndingWith("). The scheduler rejected the credentials (or requires some). Set the property");
		assertThat(asked).containsExactly(SchedulerProblem.CREDENTIALS_REJECTED);
	}

	@ParameterizedTest
	@EnumSource(ClientStyle.class)
	void remedyOfBuilderIsInMessageOfLimit(ClientStyle style) {
		this.scheduler.hangs();
		SchedulerClientBuilder builder = SchedulerClient.builder(this.scheduler.channel())
			.maxInFlight(1)
			.remedies((problem) -> "Raise the property");
		CompletableFuture<?> first = builder.buildAsync().pollActivityBuffer("worker-1");
		assertThat(failure(style.build(builder)))
			.hasMessageEndingWith("). The limit of calls in flight is reached. Raise the property");
		first.cancel(true);
	}

	@Test
	void firstSymptomApplies() {
		Status status = Status.UNAVAILABLE.withCause(new SSLHandshakeException("(certificate_unknown) PKIX path"));
		assertThat(SchedulerProblem.of(status)).isEqualTo(SchedulerProblem.CERTIFICATE_NOT_TRUSTED);
	}

	private void assertThatProblemIs(SchedulerProblem problem, ManagedChannel channel) {
		assertThatProblemIs(problem, SchedulerClient.create(channel));
	}

	private SchedulerException assertThatProblemIs(SchedulerProblem problem, SchedulerClient client) {
		SchedulerException failure = failure(client);
		assertThat(failure.getProblem()).as("problem of %s", failure.getCause()).isEqualTo(problem);
		assertThat(failure).hasMessageEndingWith("). %s. %s", problem.meaning(), problem.remedy());
		return failure;
	}

	private static SchedulerException failure(SchedulerClient client) {
		return catchThrowableOfType(SchedulerException.class, () -> client.pollActivityBuffer("worker-1"));
	}

	private void assertThatProblemOfServerThatAnswers(String answer, String scheme, SchedulerProblem problem)
			throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> answer(socket, answer));
			assertThatProblemIs(problem,
					channel(SchedulerAddress.parse(scheme + "localhost:" + socket.getLocalPort()).newChannelBuilder()));
		}
	}

	private static void answer(ServerSocket server, String answer) {
		try (Socket socket = server.accept()) {
			OutputStream out = socket.getOutputStream();
			InputStream in = socket.getInputStream();
			assertThat(in.read()).isNotNegative();
			out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
			out.flush();
			socket.shutdownOutput();
			// Closing with unread bytes would reset the connection
			in.transferTo(OutputStream.nullOutputStream());
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private ManagedChannel channel(ManagedChannelBuilder<?> builder) {
		ManagedChannel channel = builder.build();
		this.channels.add(channel);
		return channel;
	}

	private ManagedChannel tlsChannel(Server server) throws IOException {
		return tlsChannel(server.getPort());
	}

	private ManagedChannel tlsChannel(int port) throws IOException {
		ChannelCredentials credentials = TlsChannelCredentials.newBuilder()
			.trustManager(stream(authority.getCertificatePEM()))
			.build();
		return channel(Grpc.newChannelBuilder("dns:///localhost:" + port, credentials));
	}

	private Server server(ServerCredentials credentials) throws IOException {
		Server server = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
			.build()
			.start();
		this.servers.add(server);
		return server;
	}

	private static ServerCredentials serverCredentials(X509Bundle certificate, ClientAuth clientAuth)
			throws IOException {
		return TlsServerCredentials.newBuilder()
			.keyManager(stream(certificate.getCertificatePathPEM()), stream(certificate.getPrivateKeyPEM()))
			.trustManager(stream(authority.getCertificatePEM()))
			.clientAuth(clientAuth)
			.build();
	}

	private static X509Bundle certificate(String name) throws Exception {
		return new CertificateBuilder().ecp256().subject("CN=" + name).addSanDnsName(name).buildIssuedBy(authority);
	}

	private static InputStream stream(String pem) {
		return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
	}

	@FunctionalInterface
	private interface ConnectionEnd {

		void of(Socket connection) throws IOException;

	}

}
