// Decodes and encodes the messages of the protocol.
"use strict";

const path = require("node:path");
const protobuf = require("protobufjs");
const { includeDirs, fromJson, toJson, run } = require("./protocol.js");

const root = new protobuf.Root().loadSync(path.join(includeDirs[0], "sw4rm/scheduler/scheduler.proto"), {
  keepCase: true,
});

run({
  convert({ message, encoded, fields }) {
    const type = root.lookupType(`sw4rm.scheduler.${message}`);
    const hex = (value) => Buffer.from(type.encode(value).finish()).toString("hex");
    const decoded = type.decode(Buffer.from(encoded, "hex"));
    return {
      decoded: toJson(type.toObject(decoded, { bytes: String })),
      reencoded: hex(decoded),
      encoded: hex(type.fromObject(fromJson(fields))),
    };
  },
});
