import { InProcessBus } from "@vonk/bus/testing";
import { systemClock } from "@vonk/common/internal";
import { expect, test } from "vitest";
import { describeApplication } from "./describe-application.ts";
import { StandaloneConnection } from "./standalone-connection.ts";

const application = { appId: "a", name: "a", master: "vonk://h:1", appRoot: "/", version: "1", properties: [] };

test("streams that are being made when the application ends are deleted with the others, and none are made after that", async () => {
  // Found by the simulation: the server could not be reached, the request was repeated, and made a stream after all had been deleted.
  const done: string[] = [];
  const made = Promise.withResolvers<void>();
  const connection = new StandaloneConnection({
    bus: new InProcessBus(),
    cluster: "c",
    description: describeApplication(application, "here"),
    clock: systemClock,
    heartbeatIntervalMs: 1000,
    events: { executorLost: () => undefined, warn: () => undefined, applicationLost: () => undefined },
    streams: {
      create: (shuffleId) => made.promise.then(() => void done.push(`made ${shuffleId}`)),
      remove: () => Promise.resolve(),
      removeAll: async () => void done.push("all deleted"),
    },
  });
  const layout = { epoch: 0, buckets: 1 };
  const creating = connection.streams?.create(0, layout);
  const closing = connection.close();
  await expect(connection.streams?.create(1, layout)).rejects.toMatchObject({ code: "APPLICATION_REMOVED" });
  made.resolve();
  await Promise.all([creating, closing]);
  expect(done).toEqual(["made 0", "all deleted"]);
});
