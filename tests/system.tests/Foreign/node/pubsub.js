// Publish in every form, and deliveries to the package's own server: answers, dead letters, raw payloads, bulk.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { CommunicationProtocolEnum, DaprPubSubStatusEnum, DaprServer } from "@dapr/dapr";
import { client, eventually, isGrpc, refusal, settings } from "./sidecar.js";

const pubsub = "pubsub";
const dapr = client();
const server = new DaprServer({
  serverHost: settings.host,
  serverPort: settings.appPort,
  // The package's server speaks HTTP whatever its client does: dapr-local has no gRPC app channel.
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  clientOptions: { daprHost: settings.host, daprPort: process.env.NODE_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP },
  logger: settings.logger,
});

const seen = {};
const see = (topic) => async (data, headers) => void (seen[topic] ??= []).push({ data, headers });
const arrives = (topic, count = 1) => eventually(() => seen[topic] ?? [], (found) => found.length >= count, `${count} on ${topic}`);

before(async () => {
  await server.pubsub.subscribe(pubsub, "plain", see("plain"));
  await server.pubsub.subscribe(pubsub, "raw", see("raw"), "raw-route", { rawPayload: true });
  await server.pubsub.subscribeBulk(pubsub, "bulk", see("bulk"), { maxMessagesCount: 10, maxAwaitDurationMs: 50 });
  await server.pubsub.subscribe(pubsub, "retried", async (data, headers) => {
    await see("retried")(data, headers);
    return seen.retried.length < 3 ? DaprPubSubStatusEnum.RETRY : DaprPubSubStatusEnum.SUCCESS;
  });
  await server.pubsub.subscribeWithOptions(pubsub, "dropped", {
    deadLetterTopic: "parked",
    callback: async (data, headers) => {
      await see("dropped")(data, headers);
      return DaprPubSubStatusEnum.DROP;
    },
  });
  await server.pubsub.subscribe(pubsub, "parked", see("parked"));
  await server.start();
});
after(async () => {
  await server.stop();
  await dapr.stop();
});

test("objects, texts and events of one's own are delivered", async () => {
  await dapr.pubsub.publish(pubsub, "plain", { n: 1, text: "ü <b>" });
  await arrives("plain", 1);
  await dapr.pubsub.publish(pubsub, "plain", "just text");
  await arrives("plain", 2);
  await dapr.pubsub.publish(pubsub, "plain", { specversion: "1.0", id: "own-id", source: "node", type: "own", datacontenttype: "application/json", data: { n: 3 } });
  const all = await arrives("plain", 3);
  assert.deepEqual(all.map((event) => event.data), [{ n: 1, text: "ü <b>" }, "just text", { n: 3 }]);
  assert.equal(all[0].headers["content-type"], "application/cloudevents+json");
});

test("a raw payload arrives as it was sent", async () => {
  await dapr.pubsub.publish(pubsub, "raw", { n: 1 }, { metadata: { rawPayload: "true" } });
  assert.deepEqual((await arrives("raw"))[0].data, { n: 1 });
});

test("messages of a bulk publish all arrive, by a bulk subscription too", async () => {
  const published = await dapr.pubsub.publishBulk(pubsub, "bulk", [{ n: 1 }, { entryID: "two", event: { n: 2 }, contentType: "application/json" }, { n: 3 }]);
  assert.deepEqual(published.failedMessages, []);
  assert.deepEqual((await arrives("bulk", 3)).map((event) => event.data.n).sort(), [1, 2, 3]);
});

test("RETRY brings a message again, DROP sends it to the dead letter topic", async () => {
  await dapr.pubsub.publish(pubsub, "retried", { n: 1 });
  await dapr.pubsub.publish(pubsub, "dropped", { n: 2 });
  assert.deepEqual((await arrives("retried", 3)).map((event) => event.data.n), [1, 1, 1]);
  assert.deepEqual([(await arrives("parked"))[0].data, seen.dropped.length], [{ n: 2 }, 1]);
});

test("a component that is not there is named", async () => {
  assert.match(await refusal(dapr.pubsub.publish("nobroker", "plain", { n: 1 })), /nobroker/);
  const bulk = await dapr.pubsub.publishBulk("nobroker", "plain", [{ n: 1 }]);
  assert.equal(bulk.failedMessages.length, 1);
});
