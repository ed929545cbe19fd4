// A client that makes the calls that the test asks for.
"use strict";

const grpc = require("@grpc/grpc-js");
const { services, fromJson, toJson, run } = require("./protocol.js");

const clients = new Map();

function client(address, service) {
  const key = `${service} ${address}`;
  if (!clients.has(key)) {
    clients.set(key, new services[service](address, grpc.credentials.createInsecure()));
  }
  return clients.get(key);
}

function call({ address, service, method, request, metadata, timeout }) {
  const deadline = Date.now() + timeout * 1000;
  return new Promise((resolve) => {
    client(address, service)[method](
      fromJson(request),
      grpc.Metadata.fromHttp2Headers(metadata),
      { deadline },
      (error, response) =>
        resolve(
          error
            ? { code: grpc.status[error.code], details: error.details }
            : { code: "OK", details: "", response: toJson(response) },
        ),
    );
  });
}

run({ call });
