// The package's workflow worker and client: activities, timer, event, child, continue-as-new, and the management calls.
import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { DaprWorkflowClient, WorkflowRuntime, WorkflowRuntimeStatus } from "@dapr/dapr";
import { eventually, settings } from "./sidecar.js";

const options = { daprHost: settings.host, daprPort: process.env.NODE_GRPC_PORT };
const runtime = new WorkflowRuntime(options);
const workflows = new DaprWorkflowClient(options);
const calls = {};

const double = async (_, n) => 2 * n;
const flaky = async (_, name) => {
  calls[name] = (calls[name] ?? 0) + 1;
  if (calls[name] < 3) throw new RangeError(`attempt ${calls[name]}`);
  return calls[name];
};

async function* sequence(context, n) {
  const first = yield context.callActivity(double, n);
  const second = yield context.callActivity(double, first);
  return { first, second, id: context.getWorkflowInstanceId() };
}

async function* fanOut(context, numbers) {
  const results = yield context.whenAll(numbers.map((n) => context.callActivity(double, n)));
  return results.map(Number).reduce((sum, n) => sum + n, 0);
}

async function* timed(context, milliseconds) {
  const began = context.getCurrentUtcDateTime();
  yield context.createTimer(milliseconds / 1000);
  return context.getCurrentUtcDateTime().getTime() - began.getTime();
}

async function* approval(context) {
  context.setCustomStatus("waits");
  const first = yield context.waitForExternalEvent("Approved");
  const second = yield context.waitForExternalEvent("approved");
  context.setCustomStatus("done");
  return [first, second];
}

async function* parent(context, n) {
  const own = yield context.callChildWorkflow(sequence, n);
  const named = yield context.callChildWorkflow(sequence, n, `${context.getWorkflowInstanceId()}-child`);
  return [own.second, named.id];
}

async function* generations(context, n) {
  if (n >= 5) return n;
  yield context.callActivity(double, n);
  context.continueAsNew(n + 1, false);
}

async function* retried(context, name) {
  for (let attempt = 1; ; attempt++) {
    try {
      return yield context.callActivity(flaky, name);
    } catch (error) {
      if (attempt === 5) throw error;
      yield context.createTimer(0.01);
    }
  }
}

async function* failing(context, name) {
  yield context.callActivity(flaky, name);
}

async function* waiting(context) {
  yield context.waitForExternalEvent("never");
}

before(async () => {
  for (const workflow of [sequence, fanOut, timed, approval, parent, generations, retried, failing, waiting]) runtime.registerWorkflow(workflow);
  for (const activity of [double, flaky]) runtime.registerActivity(activity);
  await runtime.start();
});
after(async () => {
  await runtime.stop();
  await workflows.stop();
});

/** Runs one to its end and gives its output. */
async function run(workflow, input, id) {
  const state = await workflows.waitForWorkflowCompletion(await workflows.scheduleNewWorkflow(workflow, input, id), true, 20);
  assert.equal(state.runtimeStatus, WorkflowRuntimeStatus.COMPLETED, state.workflowFailureDetails?.getErrorMessage());
  return JSON.parse(state.serializedOutput);
}

const statusBecomes = (id, status) => eventually(async () => (await workflows.getWorkflowState(id, true)).runtimeStatus, (now) => now === status, `${id} in status ${status}`);

test("activities run one after the other, with their results", async () => {
  const output = await run(sequence, 3, "sequence");
  assert.deepEqual([Number(output.first), Number(output.second), output.id], [6, 12, "sequence"]);
  const state = await workflows.getWorkflowState("sequence", true);
  assert.deepEqual([state.name, state.serializedInput, state.instanceId], ["sequence", "3", "sequence"]);
});

test("activities run in parallel", async () => assert.equal(await run(fanOut, [1, 2, 3, 4, 5]), 30));

test("a timer fires when it is due, by the workflow's own clock", async () => assert.ok((await run(timed, 300)) >= 300));

test("events are taken in their order, in any spelling of the name, before and after somebody waits", async () => {
  const id = await workflows.scheduleNewWorkflow(approval);
  await eventually(async () => (await workflows.getWorkflowState(id, true)).customStatus, (status) => status?.includes("waits"), "it waits");
  await workflows.raiseEvent(id, "approved", { by: "a" });
  await workflows.raiseEvent(id, "APPROVED", { by: "b" });
  const state = await workflows.waitForWorkflowCompletion(id, true, 20);
  assert.deepEqual([state.serializedOutput, state.customStatus], [`[{"by":"a"},{"by":"b"}]`, "done"]);
});

test("child workflows run, under an id of their own or a given one", async () => {
  const [second, named] = await run(parent, 5, "parent");
  assert.deepEqual([Number(second), named], [20, "parent-child"]);
  assert.equal((await workflows.getWorkflowState("parent-child", false)).runtimeStatus, WorkflowRuntimeStatus.COMPLETED);
});

test("continue-as-new goes on with the new input", async () => assert.equal(await run(generations, 1), 5));

test("a failing activity can be tried again, and ends the workflow when nobody catches it", async () => {
  assert.equal(Number(await run(retried, "third-time")), 3);
  assert.equal(calls["third-time"], 3);
  const failed = await workflows.waitForWorkflowCompletion(await workflows.scheduleNewWorkflow(failing, "once"), true, 20);
  assert.equal(failed.runtimeStatus, WorkflowRuntimeStatus.FAILED);
  assert.match(failed.workflowFailureDetails.getErrorMessage(), /attempt 1/);
});

test("a suspended workflow waits until it is resumed", async () => {
  const id = await workflows.scheduleNewWorkflow(approval);
  await workflows.waitForWorkflowStart(id, false, 20);
  await workflows.suspendWorkflow(id);
  await statusBecomes(id, WorkflowRuntimeStatus.SUSPENDED);
  await workflows.raiseEvent(id, "approved", 1);
  await workflows.raiseEvent(id, "approved", 2);
  assert.equal((await workflows.getWorkflowState(id, true)).runtimeStatus, WorkflowRuntimeStatus.SUSPENDED);
  await workflows.resumeWorkflow(id);
  assert.equal((await workflows.waitForWorkflowCompletion(id, true, 20)).serializedOutput, "[1,2]");
});

test("a terminated workflow ends with the given output, and a purged one is gone", async () => {
  const id = await workflows.scheduleNewWorkflow(waiting);
  await workflows.waitForWorkflowStart(id, false, 20);
  await workflows.terminateWorkflow(id, { why: "enough" });
  const state = await workflows.waitForWorkflowCompletion(id, true, 20);
  assert.deepEqual([state.runtimeStatus, state.serializedOutput], [WorkflowRuntimeStatus.TERMINATED, `{"why":"enough"}`]);
  assert.equal(await workflows.purgeWorkflow(id), true);
  assert.equal(await workflows.getWorkflowState(id, true), undefined);
  assert.equal(await workflows.purgeWorkflow("never-there").catch(() => false), false);
});

test("a second start under the id of a running one is refused", async () => {
  const id = await workflows.scheduleNewWorkflow(waiting, undefined, "taken");
  await assert.rejects(workflows.scheduleNewWorkflow(waiting, undefined, id), /already exists/);
  await workflows.terminateWorkflow(id);
});

test("a start in the future waits for its time", async () => {
  const due = Date.now() + 500;
  const id = await workflows.scheduleNewWorkflow(sequence, 1, undefined, new Date(due));
  const state = await workflows.waitForWorkflowCompletion(id, true, 20);
  assert.equal(state.runtimeStatus, WorkflowRuntimeStatus.COMPLETED);
  assert.ok(Date.now() >= due);
});
