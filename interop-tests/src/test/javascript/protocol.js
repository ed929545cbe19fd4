// What the scripts share: the services, the JSON form of messages, and the exchange with the test.
// The test writes each command as a line of JSON, and reads its result as a line of JSON.
"use strict";

const readline = require("node:readline");
const grpc = require("@grpc/grpc-js");
const protoLoader = require("@grpc/proto-loader");

const includeDirs = process.env.PROTO_PATH.split(":");

const definition = grpc.loadPackageDefinition(
  protoLoader.loadSync(["sw4rm/scheduler/scheduler.proto", "grpc_health/v1/health.proto"], {
    includeDirs,
    keepCase: true,
    bytes: String,
    enums: String,
  }),
);

const services = {
  SchedulerService: definition.sw4rm.scheduler.SchedulerService,
  Health: definition.grpc.health.v1.Health,
};

// The JSON form of google.protobuf.Duration is a text such as "30.5s"
function fromJson(fields) {
  if (!("grace_period" in fields)) {
    return fields;
  }
  const [seconds, fraction = ""] = fields.grace_period.slice(0, -1).split(".");
  const duration = { seconds: Number(seconds), nanos: Number(fraction.padEnd(9, "0")) };
  // Zero would be encoded
  const set = Object.entries(duration).filter(([, value]) => value !== 0);
  return { ...fields, grace_period: Object.fromEntries(set) };
}

function toJson(message) {
  if (!message.grace_period) {
    return message;
  }
  const { seconds = 0, nanos = 0 } = message.grace_period;
  return { ...message, grace_period: `${seconds}.${String(nanos).padStart(9, "0")}s` };
}

async function run(commands) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { command, ...args } = JSON.parse(line);
    const result = await commands[command](args);
    console.log(JSON.stringify(result ?? null));
  }
  process.exit();
}

module.exports = { includeDirs, services, fromJson, toJson, run };
