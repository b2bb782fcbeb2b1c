import { describe, expect, test } from "vitest";
import { OutputCommitCoordinator } from "./output-commit-coordinator.ts";

describe("OutputCommitCoordinator", () => {
  function started(): OutputCommitCoordinator {
    const commits = new OutputCommitCoordinator();
    commits.stageStarted(1, 0);
    return commits;
  }

  test("the first to ask may commit, and may ask again; others may not", () => {
    const commits = started();
    expect([commits.canCommit(1, 0, 5, 10), commits.canCommit(1, 0, 5, 11), commits.canCommit(1, 0, 5, 10)]).toEqual([true, false, true]);
    expect(commits.canCommit(1, 0, 6, 11)).toBe(true);
  });

  test("when the holder fails, another may; the failure of others changes nothing", () => {
    const commits = started();
    commits.canCommit(1, 0, 5, 10);
    commits.attemptFailed({ stageId: 1, partition: 5, taskId: 11 });
    expect(commits.canCommit(1, 0, 5, 11)).toBe(false);
    commits.attemptFailed({ stageId: 1, partition: 5, taskId: 10 });
    expect(commits.canCommit(1, 0, 5, 11)).toBe(true);
  });

  test("tasks of old attempts and of stages that are over may not", () => {
    const commits = started();
    commits.stageStarted(1, 1);
    expect([commits.canCommit(1, 0, 5, 10), commits.canCommit(1, 1, 5, 11), commits.canCommit(2, 0, 5, 12)]).toEqual([false, true, false]);
    commits.stageEnded(1);
    expect(commits.canCommit(1, 1, 5, 11)).toBe(false);
    expect(commits.openStages).toBe(0);
  });

  test("what an old attempt committed stays committed", () => {
    const commits = started();
    commits.canCommit(1, 0, 5, 10);
    commits.stageStarted(1, 1);
    expect(commits.canCommit(1, 1, 5, 11)).toBe(false);
  });
});
