"""Drives all five operations of a scheduler as a client in another language does.

Usage: drive_scheduler.py FOLDER_WITH_GENERATED_STUBS TARGET
"""
import sys
from datetime import timedelta

import grpc
from google.protobuf.duration_pb2 import Duration

sys.path.insert(0, sys.argv[1])
from sw4rm.scheduler import scheduler_pb2 as pb  # noqa: E402
from sw4rm.scheduler import scheduler_pb2_grpc as rpc  # noqa: E402

with grpc.insecure_channel(sys.argv[2]) as channel:
    scheduler = rpc.SchedulerServiceStub(channel)

    submitted = scheduler.SubmitTask(pb.SubmitTaskRequest(
        agent_id="worker-1", task_id="task-123", priority=5, scope="global.resource",
        params=b'{"action": "process"}', content_type="application/json"), timeout=30)
    print("accepted:", submitted.accepted, submitted.reason)

    duplicate = scheduler.SubmitTask(pb.SubmitTaskRequest(agent_id="worker-1", task_id="task-123"), timeout=30)
    print("accepted:", duplicate.accepted, duplicate.reason)

    preempted = scheduler.RequestPreemption(pb.PreemptRequest(
        agent_id="worker-1", task_id="task-123", reason="Higher priority task arrived"), timeout=30)
    print("enqueued:", preempted.enqueued)

    activity = scheduler.PollActivityBuffer(pb.PollActivityBufferRequest(agent_id="worker-1"), timeout=30)
    print("entries:", [entry.task_id for entry in activity.entries])

    purged = scheduler.PurgeActivity(pb.PurgeActivityRequest(agent_id="worker-1", task_ids=["task-123"]), timeout=30)
    print("purged:", purged.purged)

    grace_period = Duration()
    grace_period.FromTimedelta(timedelta(seconds=30))
    shutdown = scheduler.ShutdownAgent(pb.ShutdownAgentRequest(agent_id="worker-1", grace_period=grace_period),
                                       timeout=30)
    print("ok:", shutdown.ok)

    try:
        scheduler.SubmitTask(pb.SubmitTaskRequest(agent_id="worker-2", priority=21), timeout=30)
    except grpc.RpcError as error:
        print("refused:", error.code().name, error.details())
