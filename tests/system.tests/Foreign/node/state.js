// State: values, ETags, first-write, bulk get.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { StateConcurrencyEnum } from "@dapr/dapr";
import { client, isGrpc, refusal } from "./sidecar.js";

const store = "statestore";
const firstWrite = { concurrency: StateConcurrencyEnum.CONCURRENCY_FIRST_WRITE };
const dapr = client();
const prefix = isGrpc ? "grpc-" : "http-";
after(() => dapr.stop());

const etagOf = async (key) => (await dapr.state.getBulk(store, [key]))[0].etag;

test("values come back as they were saved, and a deleted one is empty", async () => {
  const [object, text] = [`${prefix}object`, `${prefix}text`];
  const value = { sku: "pen", quantity: 3, nested: { names: ["ä", "<b>", "日本"] } };
  await dapr.state.save(store, [{ key: object, value }, { key: text, value: "plain" }]);
  assert.deepEqual(await dapr.state.get(store, object), value);
  assert.equal(await dapr.state.get(store, text), "plain");
  await dapr.state.delete(store, object);
  assert.equal(await dapr.state.get(store, object), "");
  assert.equal(await dapr.state.get(store, `${prefix}never`), "");
});

test("bulk get gives every key with its etag", async () => {
  const keys = ["a", "b", "c"].map((name) => `${prefix}bulk-${name}`);
  await dapr.state.save(store, keys.slice(0, 2).map((key, i) => ({ key, value: { i } })));
  const found = Object.fromEntries((await dapr.state.getBulk(store, keys, { parallelism: 2 })).map((item) => [item.key, item]));
  assert.deepEqual(Object.keys(found).sort(), keys);
  assert.deepEqual(found[keys[1]].data, { i: 1 });
  assert.ok(found[keys[0]].etag);
  assert.ok(!found[keys[2]].data && !found[keys[2]].etag);
});

test("a stale etag is refused, the right one is taken", async () => {
  const key = `${prefix}etag`;
  await dapr.state.save(store, [{ key, value: { n: 1 } }]);
  const old = await etagOf(key);
  await dapr.state.save(store, [{ key, value: { n: 2 }, etag: old, options: firstWrite }]);
  assert.match(await refusal(dapr.state.save(store, [{ key, value: { n: 3 }, etag: old, options: firstWrite }])), /possible etag mismatch/);
  assert.match(await refusal(dapr.state.delete(store, key, { etag: old, ...firstWrite })), /possible etag mismatch/);
  assert.deepEqual(await dapr.state.get(store, key), { n: 2 });
  await dapr.state.delete(store, key, { etag: await etagOf(key), ...firstWrite });
  assert.equal(await dapr.state.get(store, key), "");
});

test("of 16 first-write claims of a key one wins", async () => {
  const key = `${prefix}claim`;
  const claims = Array.from({ length: 16 }, (_, owner) => dapr.state.save(store, [{ key, value: { owner }, options: firstWrite }]));
  const won = (await Promise.allSettled(claims)).map((claim, owner) => (claim.status === "fulfilled" && !claim.value.error ? owner : -1)).filter((owner) => owner >= 0);
  assert.equal(won.length, 1);
  assert.deepEqual(await dapr.state.get(store, key), { owner: won[0] });
});

test("a store that is not there is named", async () => {
  assert.match(await refusal(dapr.state.save("nostore", [{ key: "a", value: "1" }])), /nostore/);
});
