// Metadata, health, and service invocation in both directions.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { CommunicationProtocolEnum, DaprServer, HttpMethod } from "@dapr/dapr";
import { client, eventually, isGrpc, settings } from "./sidecar.js";

const dapr = client();
const other = client("other", false);
// The package's server speaks HTTP whatever the client does: dapr-local has no gRPC app channel.
const server = new DaprServer({
  serverHost: settings.host,
  serverPort: settings.appPort,
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  clientOptions: { daprHost: settings.host, daprPort: process.env.NODE_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP },
  logger: settings.logger,
});

before(async () => {
  await server.invoker.listen("hello", async ({ query, headers }) => ({ hello: query, from: headers["dapr-caller-app-id"] }));
  await server.invoker.listen("hello", async ({ body }) => ({ got: JSON.parse(body) }), { method: HttpMethod.POST });
  await server.start();
});
after(async () => {
  await server.stop();
  await Promise.all([dapr.stop(), other.stop()]);
});

test("the sidecar is healthy and knows its id, its components and what it is told", async () => {
  assert.equal(await dapr.health.isHealthy(), true);
  assert.equal(await dapr.metadata.set("protocol", isGrpc ? "grpc" : "http"), true);
  const metadata = await dapr.metadata.get();
  assert.equal(metadata.id, "node");
  assert.equal(metadata.extended.protocol, isGrpc ? "grpc" : "http");
  const names = Object.fromEntries(metadata.components.map((component) => [component.name, component]));
  assert.ok(names.pubsub);
  assert.ok(names.statestore.capabilities.includes("ETAG"));
});

test("another app invokes this one", async () => {
  const answer = await eventually(() => other.invoker.invoke("node", "hello?a=1%202", HttpMethod.GET).catch((error) => ({ error: error.message })), (value) => !value.error, "the server is reached");
  assert.deepEqual(answer, { hello: "/hello?a=1%202", from: "other" });
  assert.deepEqual(await other.invoker.invoke("node", "hello", HttpMethod.POST, { n: 1, text: "ü" }), { got: { n: 1, text: "ü" } });
});

const invokesAnother = async () => {
  const answer = await dapr.invoker.invoke("other", "echo/deep?x=y", HttpMethod.PUT, { n: 1 }, { headers: { "x-own": "1" } });
  assert.deepEqual(answer, { method: "PUT", path: "/echo/deep?x=y", own: "1", caller: "node", body: { n: 1 } });
  const refused = await dapr.invoker.invoke("other", "status/418", HttpMethod.GET).then(() => assert.fail("is refused"), (error) => JSON.parse(error.message));
  assert.deepEqual([refused.status, refused.error_msg], [418, "no coffee"]);
  const unknown = await dapr.invoker.invoke("nobody", "x", HttpMethod.GET).then(() => assert.fail("is refused"), (error) => JSON.parse(error.message));
  assert.deepEqual([unknown.status, JSON.parse(unknown.error_msg).errorCode], [500, "ERR_DIRECT_INVOKE"]);
};

// Invocation over gRPC is out of dapr-local's scope.
if (!isGrpc) test("this app invokes another one; its statuses and bodies pass", invokesAnother);
