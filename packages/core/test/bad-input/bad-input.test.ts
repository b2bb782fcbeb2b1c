import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EngineError } from "@vonk/common";
import { HashPartitioner, SparkContext } from "../../src/index.ts";

let folder = "";
let sc: SparkContext;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bad-input-"));
  sc = new SparkContext({ master: "local[2]" });
});
afterAll(async () => {
  await sc.stop();
  rmSync(folder, { recursive: true });
});

/** The error of a call that fails at once or later, and the errors that caused it. */
async function failure(call: () => unknown): Promise<EngineError[]> {
  try {
    await call();
  } catch (error) {
    const chain: EngineError[] = [];
    for (let next: unknown = error; next instanceof Error; next = next.cause) chain.push(next as EngineError);
    return chain;
  }
  return expect.fail("the call did not fail");
}

/** Checks code and message of a failure; the task that met it, when there is one, names it as its cause. */
async function expectFailure(call: () => unknown, code: string, message: RegExp): Promise<void> {
  const chain = await failure(call);
  const found = chain.find((error) => error.code === code);
  expect(chain.map((error) => error.code)).toContain(code);
  expect(found?.message).toMatch(message);
}

describe("files", () => {
  test("a missing file", async () => {
    const path = join(folder, "no-such-file.txt");
    await expectFailure(
      () => sc.textFile(path).count(),
      "PATH_NOT_FOUND",
      /^\[PATH_NOT_FOUND\] Path does not exist .*no-such-file\.txt\. Check its spelling; a relative path/,
    );
    await expectFailure(() => sc.textFile(join(folder, "none-*.txt")).count(), "PATH_NOT_FOUND", /matches no file: .*none-\*\.txt/);
  });

  test("a file that is missing is not remembered as missing", async () => {
    const path = join(folder, "late.txt");
    const lines = sc.textFile(path);
    await expectFailure(() => lines.count(), "PATH_NOT_FOUND", /late\.txt/);
    writeFileSync(path, "a\nb\n");
    expect(await lines.count()).toBe(2);
  });

  test("a folder without rights", async (context) => {
    if (process.getuid === undefined) return context.skip("users are numbers on POSIX systems only");
    const locked = join(folder, "locked");
    mkdirSync(locked);
    writeFileSync(join(locked, "part.txt"), "secret\n");
    chmodSync(locked, 0o000);
    const isRoot = process.getuid() === 0;
    const uid = isRoot ? "65534" : String(process.getuid());
    const args = ["--conditions=@vonk/source", join(import.meta.dirname, "app", "unreadable.ts"), locked, uid];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: "" } });
    chmodSync(locked, 0o700);
    const error = JSON.parse(stdout) as { code: string; message: string };
    expect(error.code).toBe("PATH_NOT_READABLE");
    expect(error.message).toMatch(/locked cannot be read: .*EACCES.*\. Check its permissions\./);
  });

  test("a folder within the folder to read", async () => {
    mkdirSync(join(folder, "outer", "inner"), { recursive: true });
    await expectFailure(
      () => sc.textFile(join(folder, "outer")).count(),
      "PATH_IS_DIRECTORY",
      /outer\/inner is a folder where a file was expected/,
    );
  });

  test("a gzip file that was cut off, or never was one", async () => {
    const whole = gzipSync(Buffer.from("line\n".repeat(10_000)));
    writeFileSync(join(folder, "cut.txt.gz"), whole.subarray(0, whole.length >> 1));
    writeFileSync(join(folder, "fake.txt.gz"), "this is text\n");
    for (const name of ["cut.txt.gz", "fake.txt.gz"]) {
      const path = join(folder, name);
      await expectFailure(
        () => sc.textFile(path).count(),
        "COMPRESSED_FILE_CORRUPT",
        /\.txt\.gz is not a whole gzip file: .*\. Write it again or leave it out\./,
      );
      await expectFailure(() => sc.textFile(path).collect(), "COMPRESSED_FILE_CORRUPT", /is not a whole gzip file/);
    }
  });

  test("compression that is not read", async () => {
    writeFileSync(join(folder, "old.txt.bz2"), "BZh9");
    await expectFailure(
      () => sc.textFile(join(folder, "old.txt.bz2")).count(),
      "COMPRESSION_NOT_SUPPORTED",
      /compressed with bzip2, .*Recompress it as \.gz or \.zst/,
    );
  });

  test("records cut off at the end", async () => {
    writeFileSync(join(folder, "records.bin"), Buffer.alloc(10));
    await expectFailure(
      () => sc.binaryRecords(join(folder, "records.bin"), 4).count(),
      "RECORD_TRUNCATED",
      /has 10 bytes, which is no multiple of the record length 4/,
    );
  });

  test("a path of a filesystem that is not installed", async () => {
    await expectFailure(
      () => sc.textFile("s3://bucket/key").count(),
      "FILESYSTEM_NOT_FOUND",
      /No filesystem for 's3:' paths .* npm install @vonk\/connector-s3/,
    );
  });
});

describe("settings", () => {
  test.each(["lokal", "local[0]", "local[-1]", "local[2,0]", "local[a]", "spark://host:7077", ""])("master URL '%s'", async (master) => {
    await expectFailure(() => new SparkContext({ master }), "MASTER_URL_INVALID", /is not understood\. Expected local, local\[K\]/);
  });

  test.each([
    ["yarn", "@vonk/cluster-yarn"],
    ["k8s://host", "@vonk/cluster-kubernetes"],
  ])("master URL %s of a package that is not there", async (master, name) => {
    await expectFailure(() => new SparkContext({ master }), "MASTER_URL_UNSUPPORTED", new RegExp(`npm install ${name}`));
  });

  test("a setting that cannot be read", async () => {
    const conf = { "spark.executor.memory": "plenty" };
    await expectFailure(
      () => new SparkContext({ conf }),
      "CONFIG_INVALID_VALUE",
      /spark\.executor\.memory is 'plenty', expected a size such as 512m or 1g/,
    );
  });
});

describe("arguments", () => {
  test.each([0, -1, 1.5, Number.NaN])("%d partitions", async (partitions) => {
    const expected = /: .* is (0|-1|1\.5|NaN), expected a whole number/;
    await expectFailure(() => sc.parallelize([1], partitions).count(), "INVALID_ARGUMENT", expected);
    await expectFailure(() => sc.range(0, 3, 1, partitions).count(), "INVALID_ARGUMENT", expected);
    await expectFailure(() => sc.textFile(folder, partitions).count(), "INVALID_ARGUMENT", expected);
    const pairs = sc.parallelize<[string, number]>([["a", 1]]);
    await expectFailure(() => pairs.reduceByKey((a, b) => a + b, partitions).count(), "INVALID_ARGUMENT", expected);
  });

  test("a step of 0", async () => {
    await expectFailure(() => sc.range(0, 3, 0), "INVALID_ARGUMENT", /range\(\): step is 0, expected a finite number other than 0/);
  });

  test("pairs expected, numbers met", async () => {
    const numbers = sc.parallelize([1, 2]) as unknown as ReturnType<typeof sc.parallelize<[number, number]>>;
    await expectFailure(
      () => numbers.reduceByKey((a, b) => a + b).collect(),
      "PAIR_EXPECTED",
      /needs records that are \[key, value\] pairs, but met a record of type number/,
    );
  });
});

describe("records", () => {
  type Pairs = ReturnType<typeof sc.parallelize<[number, number]>>;
  const odd: readonly [string, unknown][] = [
    ["null", null],
    ["undefined", undefined],
    ["number", 5],
    ["string", "ab"],
    ["Object", { a: 1 }],
    ["Map", new Map()],
  ];
  const operations: readonly [string, (pairs: Pairs) => Promise<unknown>][] = [
    ["reduceByKey", (pairs) => pairs.reduceByKey((a, b) => a + b).count()],
    [
      "reduceByKey behind a map",
      (pairs) =>
        pairs
          .map((pair) => pair)
          .reduceByKey((a, b) => a + b)
          .count(),
    ],
    [
      "combineByKey",
      (pairs) =>
        pairs
          .combineByKey(
            String,
            (a, b) => a + b,
            (a, b) => a + b,
          )
          .count(),
    ],
    ["groupByKey", (pairs) => pairs.groupByKey().count()],
    ["partitionBy", (pairs) => pairs.partitionBy(new HashPartitioner(3)).count()],
    ["sortByKey", (pairs) => pairs.sortByKey().count()],
    ["join", (pairs) => pairs.join(pairs).count()],
    [
      "cogroup without a shuffle",
      (pairs) => {
        const placed = sc.parallelize<[number, number]>([[1, 1]]).partitionBy(new HashPartitioner(1));
        return pairs
          .coalesce(1)
          .mapPartitions((records) => records, true)
          .cogroup(placed, new HashPartitioner(1))
          .count();
      },
    ],
    ["subtractByKey", (pairs) => pairs.subtractByKey(pairs).count()],
    ["countByKey", (pairs) => pairs.countByKey()],
    ["reduceByKeyLocally", (pairs) => pairs.reduceByKeyLocally((a, b) => a + b)],
    ["collectAsMap", (pairs) => pairs.collectAsMap()],
    ["lookup", (pairs) => pairs.lookup(1)],
    ["filterByRange", (pairs) => pairs.filterByRange(0, 9).count()],
    ["sampleByKey", (pairs) => pairs.sampleByKey(false, [[1, 0.5]]).count()],
    ["async mapValues", (pairs) => pairs.mapValues(async (value) => value).count()],
  ];

  test.each(operations)("%s of something else than pairs", async (_, run) => {
    for (const [type, record] of odd) {
      const pairs = sc.parallelize([[1, 1], record, [2, 2]], 1) as unknown as Pairs;
      await expectFailure(() => run(pairs), "PAIR_EXPECTED", new RegExp(`\\[key, value\\] pairs, but met a record of type ${type}\\.`));
    }
  });

  test.each<[string, (pairs: Pairs) => Promise<unknown>]>([
    ["mapValues", (pairs) => pairs.mapValues((value) => value).count()],
    ["flatMapValues", (pairs) => pairs.flatMapValues((value) => [value]).count()],
    ["keys", (pairs) => pairs.keys().count()],
    ["values", (pairs) => pairs.values().count()],
  ])("%s of what has no elements", async (method, run) => {
    for (const [type, record] of odd.slice(0, 4)) {
      const pairs = sc.parallelize([[1, 1], record], 1) as unknown as Pairs;
      await expectFailure(() => run(pairs), "PAIR_EXPECTED", new RegExp(`${method}\\(\\) needs .* of type ${type}\\.`));
    }
  });

  test("records that hold themselves, or are 20 000 levels deep, travel; as keys they are refused", async () => {
    const cyclic = sc.range(0, 3, 1, 1).map((x) => {
      const record: { x: number; self?: unknown } = { x };
      record.self = record;
      return record;
    });
    const records = await cyclic.collect();
    expect(records.map((record) => record.self === record && record.x)).toEqual([0, 1, 2]);
    expect(
      await cyclic
        .keyBy(({ x }) => x)
        .groupByKey()
        .count(),
    ).toBe(3);
    const deep = sc.range(0, 2, 1, 1).map((x) => {
      let record: unknown[] = [x];
      for (let level = 0; level < 20_000; level++) record = [record];
      return record;
    });
    expect(await deep.cache().count()).toBe(2);
    let [bottom] = await deep.collect();
    while (Array.isArray(bottom?.[0])) bottom = bottom[0] as unknown[];
    expect(bottom).toEqual([0]);
    const refusal = /A key is nested more than 256 levels deep, or holds itself/;
    await expectFailure(() => cyclic.distinct().count(), "KEY_TOO_DEEP", refusal);
    await expectFailure(
      () =>
        deep
          .map((record) => [record, 1] as const)
          .reduceByKey((a, b) => a + b)
          .count(),
      "KEY_TOO_DEEP",
      refusal,
    );
    await expectFailure(
      () =>
        deep
          .map((record) => [record, 1] as const)
          .sortByKey()
          .count(),
      "KEY_TOO_DEEP",
      refusal,
    );
  });

  test("what a function gave is no iterable", async () => {
    const numbers = sc.range(0, 2, 1, 1);
    const three = (() => 3) as unknown as () => number[];
    const eventually = (async () => 3) as unknown as () => Promise<number[]>;
    const evaluator = { createEvaluator: () => ({ eval: () => 3 as unknown as number[] }) };
    const calls: readonly [string, () => Promise<unknown>][] = [
      ["flatMap", () => numbers.flatMap(three).count()],
      ["flatMap", () => numbers.flatMap(eventually).count()],
      ["flatMapValues", () => numbers.keyBy(String).flatMapValues(three).count()],
      ["mapPartitions", () => numbers.mapPartitions(three).count()],
      ["mapPartitions", () => numbers.mapPartitions(eventually).count()],
      ["mapPartitionsWithIndex", () => numbers.mapPartitionsWithIndex(three).count()],
      ["mapPartitionsWithEvaluator", () => numbers.mapPartitionsWithEvaluator(evaluator).count()],
      ["zipPartitions", () => numbers.zipPartitions(numbers, three).count()],
      ["zipPartitionsWithEvaluator", () => numbers.zipPartitionsWithEvaluator(numbers, evaluator).count()],
    ];
    for (const [method, call] of calls) {
      await expectFailure(call, "INVALID_ARGUMENT", new RegExp(`${method}\\(\\): the function's result is number, expected an`));
    }
    const promised = (() => Promise.resolve([3])) as unknown as () => number[];
    await expectFailure(() => numbers.mapPartitions(promised).count(), "ASYNC_FUNCTION_NOT_DECLARED", /given to mapPartitions\(\)/);
  });
});

describe("closures", () => {
  test("a socket", async () => {
    const socket = new Socket();
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map((x) => socket.write(String(x)))
          .count(),
      "CLOSURE_NATIVE_HANDLE",
      /^\[CLOSURE_NATIVE_HANDLE\] Cannot send .*bad-input\.test\.ts:\d+:\d+.*variable 'socket' is a Socket .*Create it on the executor/,
    );
  });

  test("a server inside an object", async () => {
    const server: Server = createServer();
    const app = { parts: [{ server }] };
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map(() => app.parts.length)
          .count(),
      "CLOSURE_NATIVE_HANDLE",
      /variable 'app' -> \.parts -> \[0\] -> \.server is a Server/,
    );
  });

  test("an instance with private state", async () => {
    class Counter {
      #count = 0;
      next(): number {
        return ++this.#count;
      }
    }
    const counter = new Counter();
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map(() => counter.next())
          .count(),
      "CLOSURE_PRIVATE_STATE",
      /variable 'counter' is a Counter.*private state cannot be read from outside\. Give the class a method/,
    );
  });

  test("another RDD", async () => {
    const other = sc.parallelize([1, 2]);
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map((x) => [x, other])
          .count(),
      "RDD_IN_CLOSURE",
      /variable 'other' is .*RDD.*Only the driver can use an RDD: collect or broadcast its records first, or join the RDDs/,
    );
  });

  test("the context", async () => {
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map(() => sc.master)
          .count(),
      "CONTEXT_IN_CLOSURE",
      /variable 'sc' is .*SparkContext.*Only the driver can use a SparkContext/,
    );
  });

  test("a refused closure leaves the context working", async () => {
    expect(await sc.parallelize([1, 2, 3]).count()).toBe(3);
  });
});

describe("results", () => {
  test("a result over spark.driver.maxResultSize", async () => {
    await using small = new SparkContext({ master: "local[2]", conf: { "spark.driver.maxResultSize": "1m" } });
    const wide = small.range(0, 20_000, 1, 8).map((x) => `${x}`.padStart(200, "."));
    await expectFailure(
      () => wide.collect(),
      "RESULT_TOO_LARGE",
      /take \d+ bytes, more than spark\.driver\.maxResultSize \(1048576 bytes\)\. Aggregate or filter/,
    );
    expect(await wide.count()).toBe(20_000);
  });

  test("a result that cannot be sent", async () => {
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map((x) => ({ x, timer: setTimeout(() => {}, 0) }))
          .collect(),
      "RESULT_NOT_SENDABLE",
      /holds a value that cannot be sent to the driver/,
    );
  });
});

describe("misuse", () => {
  test("a stopped context", async () => {
    const stopped = new SparkContext({ master: "local[1]" });
    const rdd = stopped.parallelize([1]);
    await stopped.stop();
    await stopped.stop();
    const expected = /was called on a SparkContext that has been stopped\. Create a new SparkContext\./;
    await expectFailure(() => rdd.count(), "CONTEXT_STOPPED", expected);
    await expectFailure(() => rdd.map((x) => x + 1), "CONTEXT_STOPPED", expected);
    await expectFailure(() => stopped.parallelize([1]), "CONTEXT_STOPPED", expected);
    await expectFailure(() => stopped.broadcast(1), "CONTEXT_STOPPED", expected);
  });

  test("a job that runs while its context is stopped", async () => {
    const stopped = new SparkContext({ master: "local[1]" });
    const running = failure(() =>
      stopped
        .parallelize([1])
        .map((): number => {
          for (;;);
        })
        .count(),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    await stopped.stop();
    expect((await running)[0]?.code).toBe("CONTEXT_STOPPED");
  });

  test("a context, and so an action, inside a task", async () => {
    const args = ["--conditions=@vonk/source", join(import.meta.dirname, "app", "action-inside-task.ts")];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: "" } });
    interface Reported {
      readonly code: string;
      readonly message: string;
      readonly cause?: Reported;
    }
    const chain: Reported[] = [];
    for (let next: Reported | undefined = JSON.parse(stdout) as Reported; next !== undefined; next = next.cause) chain.push(next);
    expect(chain.map((error) => error.code)).toContain("ACTION_INSIDE_TASK");
    expect(chain.at(-1)?.message).toMatch(
      /^new SparkContext\(\) was called inside a task\. Transformations and actions run on the driver only; collect or broadcast/,
    );
    // The message that users read first says what went wrong in the module.
    expect(chain[0]?.message).toContain("was called inside a task");
  });

  test("an empty RDD has no reduction", async () => {
    await expectFailure(
      () => sc.emptyRDD<number>().reduce((a, b) => a + b),
      "EMPTY_COLLECTION",
      /reduce\(\) needs at least one record, but the RDD is empty/,
    );
  });

  test("a promise out of a function that is not async", async () => {
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map((x) => Promise.resolve(x))
          .collect(),
      "ASYNC_FUNCTION_NOT_DECLARED",
      /Write `async` before it/,
    );
  });

  test("a destroyed broadcast", async () => {
    const value = sc.broadcast([1]);
    await value.destroy();
    await expectFailure(
      () =>
        sc
          .parallelize([1])
          .map(() => value.value.length)
          .count(),
      "BROADCAST_DESTROYED",
      /was destroyed and cannot be used any more/,
    );
  });
});
