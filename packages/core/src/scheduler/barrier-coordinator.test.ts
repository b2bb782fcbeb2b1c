import { describe, expect, test } from "vitest";
import { type BarrierAction, BarrierCoordinator, type BarrierRequest } from "./barrier-coordinator.ts";

const stage = { stageId: 1, stageAttempt: 0 };

function request(taskId: number, more: Partial<BarrierRequest> = {}): BarrierRequest {
  const partition = 9 - taskId;
  return { ...stage, taskId, partition, taskCount: 2, epoch: 0, method: "allGather", message: `of ${partition}`, ...more };
}

class Harness {
  readonly coordinator = new BarrierCoordinator();
  constructor() {
    this.coordinator.step({ kind: "StageStarted", ...stage });
  }
  ask(taskId: number, more: Partial<BarrierRequest> = {}): BarrierAction[] {
    return this.coordinator.step({ kind: "Request", request: request(taskId, more) });
  }
}

/** Task ids and reasons of refusals. */
function refused(actions: readonly BarrierAction[]): unknown[] {
  return actions.flatMap((action) => (action.kind === "Refuse" ? [action.requests.map(({ taskId }) => taskId), action.reason] : []));
}

describe("BarrierCoordinator", () => {
  test("lets all go on with the messages by partition, epoch by epoch", () => {
    const h = new Harness();
    expect(h.ask(3)).toEqual([{ kind: "ScheduleTimeout", ...stage, epoch: 0 }]);
    expect(h.ask(4)).toEqual([{ kind: "Release", taskIds: [4, 3], messages: ["of 5", "of 6"] }]);
    expect(h.coordinator.step({ kind: "TimedOut", ...stage, epoch: 0 })).toEqual([]);
    expect(h.ask(4, { epoch: 1 })).toEqual([{ kind: "ScheduleTimeout", ...stage, epoch: 1 }]);
    expect(refused(h.ask(3))).toEqual([[3], "synchronisation 0 is over"]);
  });

  test("refuses who waits when the time is over", () => {
    const h = new Harness();
    h.ask(3);
    expect(refused(h.coordinator.step({ kind: "TimedOut", ...stage, epoch: 0 }))).toEqual([
      [3],
      expect.stringContaining("only 1 tasks had asked"),
    ]);
  });

  test("refuses what can never be granted, as a task has ended", () => {
    const h = new Harness();
    h.ask(3);
    expect(refused(h.coordinator.step({ kind: "TaskEnded", ...stage, taskId: 4, partition: 5 }))).toEqual([
      [3],
      "the task of partition 5 has ended",
    ]);
    expect(refused(h.ask(3))).toEqual([[3], "the task of partition 5 has ended"]);
  });

  test("refuses another method than the others call", () => {
    const h = new Harness();
    h.ask(3);
    expect(refused(h.ask(4, { method: "barrier" }))).toEqual([[4], "the task of partition 6 calls allGather() and this one barrier()"]);
  });

  test("knows the running attempt alone", () => {
    const h = new Harness();
    h.ask(3);
    const next = { kind: "StageStarted", stageId: 1, stageAttempt: 1 } as const;
    expect(h.coordinator.step(next)).toMatchObject([{ kind: "Refuse", stageEnded: true }]);
    expect(h.ask(3)).toMatchObject([{ kind: "Refuse", stageEnded: true }]);
    expect(h.coordinator.step({ kind: "TaskEnded", ...stage, taskId: 3, partition: 6 })).toEqual([]);
    expect(h.ask(5, { stageAttempt: 1 })).toMatchObject([{ kind: "ScheduleTimeout" }]);
    expect(h.coordinator.step({ kind: "StageEnded", stageId: 1 })).toMatchObject([{ kind: "Refuse", stageEnded: true }]);
    expect(h.coordinator.step({ kind: "StageEnded", stageId: 1 })).toEqual([]);
  });
});
