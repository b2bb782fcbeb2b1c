import { setImmediate } from "node:timers/promises";
import { InProcessBus, publishTopic, serveService, subscribeTopic } from "@vonk/bus/internal";
import { ManualClock } from "@vonk/common/testing";
import { expect, it } from "vitest";
import { standaloneErrors } from "../errors.ts";
import { MasterClient } from "./master-client.ts";
import { clusterPrefix, leaderHereTopic, leaderTopic, leaderWantedTopic, masterService, masterSubject } from "./services.ts";

const clock = new ManualClock();

/** A master that answers heartbeats by `answer`. */
function lead(bus: InProcessBus, term: number, answer: () => boolean | Promise<boolean>): void {
  serveService(bus, masterService, masterSubject("c", term), { workerHeartbeat: answer } as never);
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50);
    await setImmediate();
  }
}

it("asks who leads, and leaves a master that hangs for its successor", async () => {
  const bus = new InProcessBus({ clone: true });
  const client = new MasterClient(bus, "c", clock);
  lead(bus, 3, () => new Promise(() => undefined));
  lead(bus, 8, () => true);
  const answers = subscribeTopic(bus, leaderWantedTopic, clusterPrefix("c"), () =>
    publishTopic(bus, leaderHereTopic, clusterPrefix("c"), { term: 3, masterId: "a" }),
  );
  const known = client.call("workerHeartbeat", { workerId: "w" }, { timeoutMs: 5000 });
  await pass(1000);
  answers.close();
  publishTopic(bus, leaderTopic, clusterPrefix("c"), { term: 8, masterId: "b" });
  await pass(100);
  expect(await known).toBe(true);
  // An older one that wakes up does not count.
  publishTopic(bus, leaderHereTopic, clusterPrefix("c"), { term: 3, masterId: "a" });
  expect(await client.call("workerHeartbeat", { workerId: "w" }, { timeoutMs: 5000 })).toBe(true);
  client.close();
});

it("asks again when a master says that it no longer leads, and gives up in time", async () => {
  const bus = new InProcessBus({ clone: true });
  const client = new MasterClient(bus, "c", clock);
  lead(bus, 4, () => {
    throw standaloneErrors.create("MASTER_NOT_LEADING", { term: 4 });
  });
  publishTopic(bus, leaderTopic, clusterPrefix("c"), { term: 4, masterId: "a" });
  const failed = expect(client.call("workerHeartbeat", { workerId: "w" }, { timeoutMs: 700 })).rejects.toMatchObject({
    code: "MASTER_NOT_FOUND",
  });
  await pass(1000);
  await failed;
  client.close();
});
