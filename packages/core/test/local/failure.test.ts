import { describe, expect, test } from "vitest";
import { SparkContext, TaskContext } from "../../src/index.ts";
import { codesOf, failureOf } from "./failure-of.ts";
import { runApp } from "./run-app.ts";

interface Reported {
  readonly code: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly cause?: { readonly code: string; readonly message: string; readonly stack: string };
}

describe("an exception in a user's function", () => {
  test("reaches the user with the user's own stack and the task's coordinates", async () => {
    const { stdout, stderr } = await runApp("fails-in-function.ts");
    const reports = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { action: string; error: Reported });
    expect(stderr).toBe("");
    expect(reports.map((report) => report.action)).toEqual(["count", "collect", "shuffle"]);
    for (const { error } of reports) {
      expect(error).toMatchObject({ code: "TASK_FAILED", params: { partition: 2, attempt: 0, executorId: "driver", failures: 1 } });
      expect(error.message).toMatch(
        /^Task \d+ of stage \d+ \(partition 2, attempt 0, executor driver\) failed 1 times; the last failure: SyntaxError: cannot parse 'three'/,
      );
      expect(error.cause).toMatchObject({ code: "USER_EXCEPTION", message: "cannot parse 'three'" });
      const frames = error.cause?.stack.split("\n") ?? [];
      expect(frames[0]).toBe("SyntaxError: cannot parse 'three'");
      expect(frames[1]).toMatch(/fails-in-function\.ts:5:\d+/);
      expect(frames[2]).toMatch(/fails-in-function\.ts:12:\d+/);
    }
  });

  test("a thrown value that is no error is told", async () => {
    await using sc = new SparkContext({ master: "local[1]" });
    const error = await failureOf(
      sc
        .range(1)
        .map((): number => {
          // oxlint-disable-next-line no-throw-literal, only-throw-error
          throw "just text";
        })
        .count(),
    );
    expect(error.message).toContain("just text");
  });

  test("leaves the context working", async () => {
    await using sc = new SparkContext({ master: "local[2]" });
    for (let round = 0; round < 5; round++) {
      expect(
        (
          await failureOf(
            sc
              .range(100, undefined, 1, 10)
              .map((x) => {
                if (x === 55) throw new Error("55");
                return x;
              })
              .count(),
          )
        ).code,
      ).toBe("TASK_FAILED");
      expect(await sc.range(100).count()).toBe(100);
    }
  });
});

describe("retries", () => {
  test("local[2,3] tries a task three times", async () => {
    await using sc = new SparkContext({ master: "local[2,3]" });
    const attempts = sc.collectionAccumulator<number>();
    const rdd = sc.range(4, undefined, 1, 4).mapPartitions((records) => {
      const attempt = TaskContext.get()?.attemptNumber() ?? -1;
      if (TaskContext.getPartitionId() === 1 && attempt < 2) throw new Error(`attempt ${attempt}`);
      attempts.add(attempt);
      return records;
    });
    expect((await rdd.collect()).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect([...attempts.value].toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2]);
  });

  test("and gives up after the third failure, with what the last one said", async () => {
    await using sc = new SparkContext({ master: "local[2,3]" });
    const error = await failureOf(
      sc
        .range(1)
        .map((): number => {
          throw new Error(`attempt ${TaskContext.get()?.attemptNumber()}`);
        })
        .count(),
    );
    expect(error).toMatchObject({ code: "TASK_FAILED", params: { failures: 3, attempt: 2 } });
    expect(error.message).toContain("failed 3 times; the last failure: Error: attempt 2");
  });

  test("local[2] tries once, whatever spark.task.maxFailures says", async () => {
    await using sc = new SparkContext({ master: "local[2]", conf: { "spark.task.maxFailures": 4 } });
    const error = await failureOf(
      sc
        .range(1)
        .map((): number => {
          throw new Error("once");
        })
        .count(),
    );
    expect(error.params["failures"]).toBe(1);
  });

  test("accumulators count exactly once in actions, whatever is tried again", async () => {
    await using sc = new SparkContext({ master: "local[2,4]" });
    const seen = sc.longAccumulator("seen");
    const doubles = sc.doubleAccumulator("halves");
    await sc.range(0, 1000, 1, 8).foreach((x) => {
      seen.add(1);
      doubles.add(0.5);
      // Late in the partition, so that the failed attempts have counted most of their records.
      if (x % 125 === 124 && (TaskContext.get()?.attemptNumber() ?? 0) < 2) throw new Error("again");
    });
    expect(seen.value).toBe(1000);
    expect(doubles.value).toBe(500);
  });
});

describe("the task's heap", () => {
  test("a task over its limit fails with TASK_HEAP_EXCEEDED, and the context survives", async () => {
    await using sc = new SparkContext({ master: "local[2]", conf: { "spark.executor.memory": "128m" } });
    const hoard = sc.range(1).mapPartitions(() => {
      const kept: unknown[][] = [];
      for (let at = 0; ; at++) kept.push(Array.from({ length: 1000 }, (_, index) => ({ at, index })));
    });
    const error = await failureOf(hoard.count());
    expect(codesOf(error)).toContain("TASK_HEAP_EXCEEDED");
    expect(JSON.stringify(error)).toMatch(/its limit is \d+ MiB\. Use more partitions, smaller groups, or raise spark\.executor\.memory/);
    expect(await sc.range(1000, undefined, 1, 8).count()).toBe(1000);
  });

  test("records that a step keeps count too", async () => {
    await using sc = new SparkContext({ master: "local[1]", conf: { "spark.executor.memory": "128m" } });
    const error = await failureOf(
      sc
        .range(0, 20_000_000, 1, 1)
        .mapPartitions((records) => ([...records].map((x) => ({ x, text: `${x}` })).length > 0 ? [1] : []))
        .count(),
    );
    expect(codesOf(error)).toContain("TASK_HEAP_EXCEEDED");
    expect(await sc.range(10).count()).toBe(10);
  });
});
