import { describe, expect, test } from "vitest";
import { simulateCluster } from "./simulate-cluster.ts";

describe("simulation of a cluster", () => {
  test("keeps every rule for a range of seeds", { timeout: 120_000 }, async () => {
    const failures: string[] = [];
    const jobs = new Set<string>();
    let terms = 0;
    for (let seed = 0; seed < 100; seed++) {
      const outcome = await simulateCluster(seed);
      if (outcome.failure !== undefined) failures.push(`seed ${seed}: ${outcome.failure}`);
      for (const job of outcome.jobs) jobs.add(job);
      terms += outcome.terms;
    }
    expect(failures).toEqual([]);
    // The faults are strong enough to matter and leave most jobs alive.
    expect([...jobs]).toEqual(expect.arrayContaining(["ok", "TASK_FAILED", "JOB_CANCELLED", "DRIVER_DIED"]));
    expect(terms).toBeGreaterThan(150);
  });

  test("outputs of a stage that is rolled back are not missed by the checker", { timeout: 60_000 }, async () => {
    // 499: a stage is rolled back when it is submitted again, then a task of a stage that read it says that it could not.
    // 813: the same, and then an executor ends that had held some of the outputs. Neither event has cost anything.
    for (const seed of [499, 813]) expect(await simulateCluster(seed)).not.toHaveProperty("failure");
  });

  test("equal seeds give equal traces, other seeds others", { timeout: 60_000 }, async () => {
    for (const seed of [3, 14, 2 ** 40]) {
      const [first, second] = [await simulateCluster(seed), await simulateCluster(seed)];
      expect(second).toEqual(first);
    }
    expect((await simulateCluster(1)).traceHash).not.toBe((await simulateCluster(2)).traceHash);
  });
});
