"""A client that makes the calls that the test asks for."""
from functools import lru_cache

import grpc

from protocol import STUBS, from_json, methods, run, to_json


@lru_cache
def channel(address):
    return grpc.insecure_channel(address)


def call(address, service, method, request, metadata, timeout):
    stub = getattr(STUBS[service], service + "Stub")(channel(address))
    message = from_json(methods(service)[method].input_type, request)
    try:
        response = getattr(stub, method)(message, timeout=timeout, metadata=tuple(metadata.items()))
        return {"code": "OK", "details": "", "response": to_json(response)}
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}


run(call=call)
