package com.example;

import io.grpc.stub.StreamObserver;

import org.springframework.stereotype.Service;

import io.sw4rm.scheduler.client.SchedulerClient;
import io.sw4rm.scheduler.client.SubmitTaskResult;
import io.sw4rm.scheduler.client.TaskSubmission;
import io.sw4rm.scheduler.proto.SchedulerServiceGrpc.SchedulerServiceImplBase;
import io.sw4rm.scheduler.proto.SubmitTaskRequest;
import io.sw4rm.scheduler.proto.SubmitTaskResponse;

/**
 * Passes tasks on to the scheduler.
 */
@Service
class RelayService extends SchedulerServiceImplBase {

	private final SchedulerClient scheduler;

	RelayService(SchedulerClient scheduler) {
		this.scheduler = scheduler;
	}

	@Override
	public void submitTask(SubmitTaskRequest request, StreamObserver<SubmitTaskResponse> response) {
		SubmitTaskResult result = this.scheduler
			.submitTask(TaskSubmission.forAgent(request.getAgentId()).taskId(request.getTaskId()).build());
		response.onNext(SubmitTaskResponse.newBuilder().setAccepted(result.accepted()).build());
		response.onCompleted();
	}

}
