"""What the scripts share: the services, the JSON form of messages, and the exchange with the test.

The test writes each command as a line of JSON, and reads its result as a line of JSON.
"""
import json
import sys

from google.protobuf import json_format
from grpc_health.v1 import health_pb2, health_pb2_grpc
from sw4rm.scheduler import scheduler_pb2, scheduler_pb2_grpc

MESSAGES = {"SchedulerService": scheduler_pb2, "Health": health_pb2}
STUBS = {"SchedulerService": scheduler_pb2_grpc, "Health": health_pb2_grpc}


def methods(service):
    return MESSAGES[service].DESCRIPTOR.services_by_name[service].methods_by_name


def from_json(message_type, fields):
    return json_format.ParseDict(fields, message_type._concrete_class())


def to_json(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def run(**commands):
    for line in sys.stdin:
        arguments = json.loads(line)
        result = commands[arguments.pop("command")](**arguments)
        print(json.dumps(result), flush=True)
