import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InProcessBus } from "@vonk/bus/testing";
import { serveService, serviceClient } from "@vonk/bus/internal";
import { createSegment, ExtentAllocator } from "@vonk/columnar/internal";
import { errorToData } from "@vonk/common";
import { expect, test } from "vitest";
import { ClosureDecoder } from "../closure/closure-decoder.ts";
import { coreErrors } from "../errors.ts";
import { driverService, driverSubject } from "../message/services.ts";
import { createRecordCodec } from "../storage/record-codec.ts";
import { LineageBuilder } from "../testing/lineage-builder.ts";
import { Broadcasts } from "./broadcasts.ts";
import { JobClient } from "./job-client.ts";

// Requests that nobody waits for: one that fails must neither end the program as an unhandled rejection nor pass unnoticed.

/** A driver that takes jobs and nothing else. */
function refusingDriver(bus: InProcessBus): void {
  const refuse = (): never => {
    throw coreErrors.create("CLUSTER_MANAGER_INVALID", { url: "x" });
  };
  const handlers = { submitJob: () => null, cancelJobs: refuse, addBroadcast: refuse };
  serveService(bus, driverService, driverSubject("app"), handlers as never);
}

test("a cancellation that does not reach the driver is a warning", async () => {
  const bus = new InProcessBus();
  refusingDriver(bus);
  const warnings: string[] = [];
  const client = new JobClient({
    bus,
    appId: "app",
    decode: () => undefined,
    applyAccumulators: () => undefined,
    warn: (message) => void warnings.push(message),
    setBusy: () => undefined,
  });
  const run = async (): Promise<void> => {
    const lineage = new LineageBuilder();
    const limit = new AbortController();
    const job = client.run(lineage.job(lineage.source(1)), () => undefined, { signal: limit.signal, onJob: undefined });
    limit.abort(coreErrors.create("JOB_CANCELLED", { jobId: 0, reason: "enough" }));
    await expect(job).rejects.toMatchObject({ code: "JOB_CANCELLED" });
  };
  await run();
  await expect.poll(() => warnings).toEqual([expect.stringMatching(/^job 0 was not cancelled: .*exports no `clusterManager`/)]);
});

test("nor is a broadcast lost in silence", async () => {
  const bus = new InProcessBus();
  refusingDriver(bus);
  const folder = mkdtempSync(join(tmpdir(), "broadcasts-test-"));
  const failed: [number, string][] = [];
  const broadcasts = new Broadcasts(
    { allocator: new ExtentAllocator(createSegment(2 ** 20), 0), folder },
    createRecordCodec(new ClosureDecoder({ appRoot: folder })),
    serviceClient(bus, driverService, driverSubject("app")),
    (id, error) => void failed.push([id, errorToData(error).code]),
  );
  expect(broadcasts.create("value").value).toBe("value");
  await expect.poll(() => failed).toEqual([[0, "CLUSTER_MANAGER_INVALID"]]);
  rmSync(folder, { recursive: true });
});
