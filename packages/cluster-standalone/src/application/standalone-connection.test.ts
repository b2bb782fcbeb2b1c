import { defineService, publishTopic, serveService, serviceClient } from "@vonk/bus/internal";
import type { Bus } from "@vonk/bus";
import { InProcessBus } from "@vonk/bus/testing";
import { systemClock } from "@vonk/common/internal";
import { expect, test } from "vitest";
import {
  applicationService,
  applicationSubject,
  clusterPrefix,
  leaderTopic,
  type MasterMessages,
  masterService,
  masterSubject,
} from "../message/services.ts";
import { describeApplication } from "./describe-application.ts";
import { type ApplicationStreams, StandaloneConnection } from "./standalone-connection.ts";

const application = { appId: "a", name: "a", master: "vonk://h:1", appRoot: "/", version: "1", properties: [] };

function connectionOn(bus: Bus, streams?: ApplicationStreams): StandaloneConnection {
  return new StandaloneConnection({
    bus,
    cluster: "c",
    description: describeApplication(application, "here"),
    clock: systemClock,
    heartbeatIntervalMs: 1000,
    events: { executorGranted: () => undefined, executorLost: () => undefined, warn: () => undefined, applicationLost: () => undefined },
    ...(streams === undefined ? {} : { streams }),
  });
}

test("streams that are being made when the application ends are deleted with the others, and none are made after that", async () => {
  // Found by the simulation: the server could not be reached, the request was repeated, and made a stream after all had been deleted.
  const done: string[] = [];
  const made = Promise.withResolvers<void>();
  const connection = connectionOn(new InProcessBus(), {
    create: (shuffleId) => made.promise.then(() => void done.push(`made ${shuffleId}`)),
    remove: () => Promise.resolve(),
    removeAll: async () => void done.push("all deleted"),
  });
  const layout = { epoch: 0, buckets: 1 };
  const creating = connection.streams?.create(0, layout);
  const closing = connection.close();
  await expect(connection.streams?.create(1, layout)).rejects.toMatchObject({ code: "APPLICATION_REMOVED" });
  made.resolve();
  await Promise.all([creating, closing]);
  expect(done).toEqual(["made 0", "all deleted"]);
});

test("a master that takes over learns how many executors are wanted by now", async () => {
  const bus = new InProcessBus();
  const registered: unknown[] = [];
  const master = {
    registerApplication: ({ application: { executorLimit }, executorIds }: MasterMessages["registerApplication"]["request"]) => {
      registered.push({ executorLimit, executorIds });
      return null;
    },
    requestTotalExecutors: () => true,
    killExecutors: ({ executorIds }: MasterMessages["killExecutors"]["request"]) => executorIds,
    unregisterApplication: () => null,
  };
  for (const term of [1, 2]) serveService(bus, masterService, masterSubject("c", term), master as never);
  const lead = (term: number): void => publishTopic(bus, leaderTopic, clusterPrefix("c"), { term, masterId: "m" });
  const connection = connectionOn(bus);
  lead(1);
  await expect.poll(() => registered).toEqual([{ executorLimit: undefined, executorIds: [] }]);
  const driver = serviceClient(bus, applicationService, applicationSubject("a"));
  for (const executorId of ["0", "1", "2"]) {
    const executor = { appId: "a", executorId, workerId: "w", cores: 1, memoryBytes: 1 };
    await driver.call("executorGranted", { term: 1, executor, host: "h" });
  }
  await connection.killExecutors(["1"], false);
  lead(2);
  await expect.poll(() => registered[1]).toEqual({ executorLimit: 2, executorIds: ["0", "2"] });
  await connection.killExecutors(["0", "nobody"], true);
  await connection.requestTotalExecutors(7);
  await connection.register();
  expect(registered.at(-1)).toEqual({ executorLimit: 7, executorIds: ["2"] });
  await connection.close();
});

test("a master of another version is told from one that is not there", async () => {
  const bus = new InProcessBus();
  const { name, version } = masterService;
  serveService(bus, defineService<Record<never, never>>(name, version - 1), masterSubject("c", 1), {});
  const connection = connectionOn(bus);
  publishTopic(bus, leaderTopic, clusterPrefix("c"), { term: 1, masterId: "m" });
  await expect(connection.register()).rejects.toMatchObject({
    code: "BUS_VERSION_MISMATCH",
    message: expect.stringContaining(`Service ${name} speaks version ${version - 1} but got a message of version ${version}`),
  });
  await connection.close();
});

test("a registration that no master has answered tells the next one what is there by then", async () => {
  // Found by the simulation: a repeated registration without the executor that was granted since made the new master give it up.
  const bus = new InProcessBus();
  const registered: (readonly string[])[] = [];
  const unanswered = Promise.withResolvers<null>();
  const serve = (term: number, answer: () => unknown): void => {
    const registerApplication = ({ executorIds }: MasterMessages["registerApplication"]["request"]): unknown => {
      registered.push(executorIds);
      return answer();
    };
    serveService(bus, masterService, masterSubject("c", term), { registerApplication, unregisterApplication: () => null } as never);
    publishTopic(bus, leaderTopic, clusterPrefix("c"), { term, masterId: "m" });
  };
  const connection = connectionOn(bus);
  serve(1, () => unanswered.promise);
  await expect.poll(() => registered).toEqual([[]]);
  const executor = { appId: "a", executorId: "0", workerId: "w", cores: 1, memoryBytes: 1 };
  await serviceClient(bus, applicationService, applicationSubject("a")).call("executorGranted", { term: 1, executor, host: "h" });
  serve(2, () => null);
  // Once again because the leader changed, once more because the first call goes on.
  await expect.poll(() => registered.length).toBe(3);
  expect(registered.slice(1)).toEqual([["0"], ["0"]]);
  unanswered.resolve(null);
  await connection.close();
});
