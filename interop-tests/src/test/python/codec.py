"""Decodes and encodes the messages of the protocol."""
from protocol import from_json, run, to_json
from sw4rm.scheduler import scheduler_pb2


def convert(message, encoded, fields):
    message_type = getattr(scheduler_pb2, message)
    decoded = message_type.FromString(bytes.fromhex(encoded))
    return {
        "decoded": to_json(decoded),
        "reencoded": decoded.SerializeToString().hex(),
        "encoded": from_json(message_type.DESCRIPTOR, fields).SerializeToString().hex(),
    }


run(convert=convert)
