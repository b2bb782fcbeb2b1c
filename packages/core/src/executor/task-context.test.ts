import { describe, expect, it } from "vitest";
import { TaskContext } from "./task-context.ts";

function context(): TaskContext {
  const task = { taskId: 1, stageId: 0, stageAttempt: 0, partition: 0, attempt: 0, executorId: "driver", host: "here", speculative: false };
  return new TaskContext(task, {}, () => false);
}

describe("TaskContext", () => {
  it("calls failure listeners also when undefined was thrown", () => {
    const task = context();
    const seen: unknown[] = [];
    task.addTaskFailureListener((_, error) => seen.push(error));
    task.complete({ error: undefined });
    expect({ seen, failed: task.isFailed() }).toEqual({ seen: [undefined], failed: true });
  });

  it("calls each listener once, the last added first, whatever another throws", () => {
    const task = context();
    const called: string[] = [];
    task.addTaskCompletionListener(() => called.push("first"));
    task.addTaskCompletionListener(() => {
      called.push("second");
      throw new TypeError("the listener's own error");
    });
    task.addTaskCompletionListener(() => called.push("third"));
    task.addTaskFailureListener((_, error) => called.push((error as Error).message));
    let failure: unknown;
    try {
      task.complete();
    } catch (error) {
      failure = error;
    }
    task.complete({ error: failure });
    expect(called).toEqual(["third", "second", "first", "the listener's own error"]);
    expect(task.isFailed()).toBe(true);
  });
});
