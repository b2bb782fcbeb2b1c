import { describe, expect, test } from "vitest";
import { ResourceProfileBuilder, taskResourcesOf } from "./resource-profile.ts";
import { ExecutorResourceRequests, TaskResourceRequests } from "./resource-requests.ts";

describe("resource profiles", () => {
  test("hold what their builder gathered, the later of two requests", () => {
    const builder = new ResourceProfileBuilder();
    const profile = builder
      .require(new TaskResourceRequests().cpus(1).resource("gpu", 0.5))
      .require(new TaskResourceRequests().cpus(3))
      .require(new ExecutorResourceRequests().cores(6).memory("2g").memoryOverhead("256").resource("gpu", 2, "/find-gpus"))
      .build();
    expect([profile.getTaskCpus(), profile.getExecutorCores()]).toEqual([3, 6]);
    expect([...profile.taskResources.values()]).toEqual([
      { resourceName: "cpus", amount: 3 },
      { resourceName: "gpu", amount: 0.5 },
    ]);
    expect([...profile.executorResources.values()]).toEqual([
      { resourceName: "cores", amount: 6 },
      { resourceName: "memory", amount: 2048 },
      { resourceName: "memoryOverhead", amount: 256 },
      { resourceName: "gpu", amount: 2, discoveryScript: "/find-gpus", vendor: "" },
    ]);
    const empty = builder.clearTaskResourceRequests().clearExecutorResourceRequests().build();
    expect([empty.taskResources.size, empty.executorResources.size]).toEqual([0, 0]);
    // What was built before keeps what it had.
    expect(profile.taskResources.size).toBe(2);
    expect(empty.id).toBe(profile.id + 1);
  });

  test("refuse amounts that nothing could have", () => {
    for (const amount of [0, -1, 1.5, Number.NaN]) {
      expect(() => new TaskResourceRequests().cpus(amount)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
      expect(() => new ExecutorResourceRequests().cores(amount)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
      expect(() => new TaskResourceRequests().resource("gpu", amount)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
    expect(() => new ExecutorResourceRequests().memory("lots")).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });

  test("are taken with cores of tasks alone", () => {
    const tasks = new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(2)).build();
    expect(taskResourcesOf(tasks)).toEqual({ profileId: tasks.id, cpus: 2 });
    const plain = new ResourceProfileBuilder().build();
    expect(taskResourcesOf(plain)).toEqual({ profileId: plain.id });
    for (const requests of [new ExecutorResourceRequests().cores(2), new TaskResourceRequests().resource("gpu", 1)]) {
      const profile = new ResourceProfileBuilder().require(requests).build();
      expect(() => taskResourcesOf(profile)).toThrow(expect.objectContaining({ code: "RESOURCE_PROFILE_UNSUPPORTED" }));
    }
  });
});
