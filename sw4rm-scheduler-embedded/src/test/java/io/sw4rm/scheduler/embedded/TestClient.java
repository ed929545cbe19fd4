package io.sw4rm.scheduler.embedded;

import java.util.List;

import com.google.protobuf.Duration;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;

import io.sw4rm.scheduler.proto.ActivityEntry;
import io.sw4rm.scheduler.proto.PollActivityBufferRequest;
import io.sw4rm.scheduler.proto.PollActivityBufferResponse;
import io.sw4rm.scheduler.proto.PreemptRequest;
import io.sw4rm.scheduler.proto.PurgeActivityRequest;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceBlockingStub;
import io.sw4rm.scheduler.proto.ShutdownAgentRequest;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * The generated blocking stub on a connection of its own, with the calls that tests make
 * over and over.
 */
class TestClient implements AutoCloseable {

	private final ManagedChannel channel;

	TestClient(EmbeddedScheduler scheduler) {
		this(scheduler.address(), InsecureChannelCredentials.create());
	}

	TestClient(String address, ChannelCredentials credentials) {
		this(Grpc.newChannelBuilder(address, credentials).build());
	}

	private TestClient(ManagedChannel channel) {
		this.channel = channel;
	}

	/**
	 * Make a client that buffers 64 KiB of what it doesn't read, and no more.
	 */
	static TestClient withLittleBuffer(String address) {
		return new TestClient(NettyChannelBuilder.forTarget(address).usePlaintext().flowControlWindow(1 << 16).build());
	}

	ManagedChannel channel() {
		return this.channel;
	}

	SchedulerServiceBlockingStub stub() {
		return SchedulerServiceGrpc.newBlockingStub(this.channel);
	}

	static SubmitTaskRequest.Builder task(String agentId, String taskId) {
		return SubmitTaskRequest.newBuilder().setAgentId(agentId).setTaskId(taskId);
	}

	SubmitTaskResponse submit(SubmitTaskRequest.Builder task) {
		return stub().submitTask(task.build());
	}

	boolean preempt(String agentId, String taskId, String reason) {
		return stub()
			.requestPreemption(
					PreemptRequest.newBuilder().setAgentId(agentId).setTaskId(taskId).setReason(reason).build())
			.getEnqueued();
	}

	boolean shutDown(String agentId, long graceSeconds) {
		return stub()
			.shutdownAgent(ShutdownAgentRequest.newBuilder()
				.setAgentId(agentId)
				.setGracePeriod(Duration.newBuilder().setSeconds(graceSeconds))
				.build())
			.getOk();
	}

	boolean shutDown(String agentId) {
		return stub().shutdownAgent(ShutdownAgentRequest.newBuilder().setAgentId(agentId).build()).getOk();
	}

	List<ActivityEntry> poll(String agentId) {
		return stub().pollActivityBuffer(PollActivityBufferRequest.newBuilder().setAgentId(agentId).build())
			.getEntriesList();
	}

	/**
	 * Poll without taking the answer off the connection.
	 */
	void pollWithoutReading(String agentId) {
		ClientCall<PollActivityBufferRequest, PollActivityBufferResponse> call = this.channel
			.newCall(SchedulerServiceGrpc.getPollActivityBufferMethod(), CallOptions.DEFAULT);
		call.start(new ClientCall.Listener<>() {
		}, new Metadata());
		call.sendMessage(PollActivityBufferRequest.newBuilder().setAgentId(agentId).build());
		call.halfClose();
	}

	int purge(String agentId, String... taskIds) {
		return stub()
			.purgeActivity(
					PurgeActivityRequest.newBuilder().setAgentId(agentId).addAllTaskIds(List.of(taskIds)).build())
			.getPurged();
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

}
