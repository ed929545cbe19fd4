package io.sw4rm.scheduler.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;

import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * A scheduler that accepts and counts tasks but does not keep them. A purge returns the
 * number of tasks since the previous purge.
 */
public final class CountingScheduler extends SchedulerServiceGrpc.SchedulerServiceImplBase {

	private final AtomicInteger tasks = new AtomicInteger();

	private CountingScheduler() {
	}

	@Override
	public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> responseObserver) {
		this.tasks.incrementAndGet();
		responseObserver.onNext(SubmitTaskResponse.newBuilder().setAccepted(true).build());
		responseObserver.onCompleted();
	}

	@Override
	public void purgeActivity(PurgeActivityRequest request, StreamObserver<PurgeActivityResponse> responseObserver) {
		responseObserver.onNext(PurgeActivityResponse.newBuilder().setPurged(this.tasks.getAndSet(0)).build());
		responseObserver.onCompleted();
	}

	/**
	 * Start a scheduler in another process, which ends with this one.
	 */
	static Process start(int port) throws IOException {
		return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), CountingScheduler.class.getName(), Integer.toString(port)))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

	/**
	 * Run a scheduler until the standard input ends.
	 * @param args the port
	 * @throws IOException if the port is not available
	 */
	public static void main(String[] args) throws IOException {
		Server server = NettyServerBuilder
			.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])))
			.directExecutor()
			.addService(new CountingScheduler())
			.build()
			.start();
		while (System.in.read() != -1) {
			continue;
		}
		server.shutdownNow();
	}

}
