"""A scheduler that responds as the test says. The arguments are the services that it offers."""
import sys
import threading
from concurrent import futures

import grpc

from protocol import STUBS, from_json, methods, run, to_json

responses = {}
received = []
released = threading.Event()


def handle(method, request, context):
    received.append({
        "method": method.name,
        "request": to_json(request),
        "metadata": {key: value for key, value in context.invocation_metadata() if isinstance(value, str)},
        "remainingSeconds": context.time_remaining(),
    })
    response = responses[method.name]
    if response["held"]:
        released.wait()
    if response["code"] != "OK":
        context.abort(grpc.StatusCode[response["code"]], response["details"])
    return from_json(method.output_type, response["response"])


def servicer(service):
    def handler(method):
        return lambda self, request, context: handle(method, request, context)

    handlers = {name: handler(method) for name, method in methods(service).items()}
    return type(service, (getattr(STUBS[service], service + "Servicer"),), handlers)()


def respond(method, **response):
    released.clear()
    responses[method] = response


def release():
    released.set()


def calls():
    return received


def stop():
    server.stop(grace=30)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
for offered in sys.argv[1:]:
    getattr(STUBS[offered], f"add_{offered}Servicer_to_server")(servicer(offered), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print("port", port, flush=True)
run(respond=respond, release=release, calls=calls, stop=stop)
released.set()
