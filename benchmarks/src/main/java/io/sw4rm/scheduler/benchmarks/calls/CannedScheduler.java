package io.sw4rm.scheduler.benchmarks.calls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;

import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PreemptResponse;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.PurgeActivityResponse;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.ShutdownAgentResponse;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * A scheduler that does nothing but respond, so that clients are the bottleneck. Prints
 * its port, and stops when its input ends.
 *
 * @see SchedulerProcess
 */
final class CannedScheduler extends SchedulerServiceImplBase {

	private static final String BUFFER = "buffer-";

	private static final int MAX_MESSAGE_SIZE = 16 * 1024 * 1024;

	private final Map<String, PollActivityBufferResponse> buffers = new ConcurrentHashMap<>();

	CannedScheduler() {
	}

	/**
	 * Return an agent whose activity buffer has the given number of entries.
	 */
	static String agentWithBuffer(int entries) {
		return BUFFER + entries;
	}

	public static void main(String[] args) throws IOException {
		Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
			.directExecutor()
			.maxInboundMessageSize(MAX_MESSAGE_SIZE)
			.addService(new CannedScheduler())
			.build()
			.start();
		System.out.println(server.getPort());
		while (System.in.read() != -1) {
		}
		server.shutdownNow();
	}

	@Override
	public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> observer) {
		respond(observer, SubmitTaskResponse.newBuilder().setAccepted(true).build());
	}

	@Override
	public void requestPreemption(PreemptRequest request, StreamObserver<PreemptResponse> observer) {
		respond(observer, PreemptResponse.newBuilder().setEnqueued(true).build());
	}

	@Override
	public void shutdownAgent(ShutdownAgentRequest request, StreamObserver<ShutdownAgentResponse> observer) {
		respond(observer, ShutdownAgentResponse.newBuilder().setOk(true).build());
	}

	@Override
	public void pollActivityBuffer(PollActivityBufferRequest request,
			StreamObserver<PollActivityBufferResponse> observer) {
		respond(observer, this.buffers.computeIfAbsent(request.getAgentId(), CannedScheduler::buffer));
	}

	@Override
	public void purgeActivity(PurgeActivityRequest request, StreamObserver<PurgeActivityResponse> observer) {
		respond(observer, PurgeActivityResponse.newBuilder().setPurged(request.getTaskIdsCount()).build());
	}

	private static <R> void respond(StreamObserver<R> observer, R response) {
		observer.onNext(response);
		observer.onCompleted();
	}

	private static PollActivityBufferResponse buffer(String agentId) {
		PollActivityBufferResponse.Builder response = PollActivityBufferResponse.newBuilder();
		for (int i = 0; i < Integer.parseInt(agentId.substring(BUFFER.length())); i++) {
			response.addEntries(ActivityEntry.newBuilder()
				.setTaskId("task-" + i)
				.setRepoId("repository-1")
				.setWorktreeId("worktree-1")
				.setBranch("main")
				.setDescription("Implemented the change and ran the tests of the module")
				.setTimestamp("2026-01-10T12:00:00Z"));
		}
		return response.build();
	}

}
