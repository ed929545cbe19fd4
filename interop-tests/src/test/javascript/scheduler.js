// A scheduler that responds as the test says. The arguments are the services that it offers.
"use strict";

const grpc = require("@grpc/grpc-js");
const { services, fromJson, toJson, run } = require("./protocol.js");

const responses = {};
const received = [];
let held = [];

function handler(method) {
  return (call, callback) => {
    const deadline = call.getDeadline();
    received.push({
      method,
      request: toJson(call.request),
      metadata: call.metadata.getMap(),
      remainingSeconds: deadline === Infinity ? null : (deadline - Date.now()) / 1000,
    });
    const { code, details, response, held: hold } = responses[method];
    const respond = () =>
      code === "OK" ? callback(null, fromJson(response)) : callback({ code: grpc.status[code], details });
    if (hold) {
      held.push(respond);
    } else {
      respond();
    }
  };
}

const server = new grpc.Server();
for (const name of process.argv.slice(2)) {
  const { service } = services[name];
  server.addService(service, Object.fromEntries(Object.keys(service).map((method) => [method, handler(method)])));
}
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    throw error;
  }
  console.log("port", port);
  run({
    respond({ method, ...response }) {
      responses[method] = response;
    },
    release() {
      held.forEach((respond) => respond());
      held = [];
    },
    calls: () => received,
    stop() {
      server.tryShutdown(() => {});
    },
  });
});
