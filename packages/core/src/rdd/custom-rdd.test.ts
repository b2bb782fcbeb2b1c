import { afterAll, describe, expect, test } from "vitest";
import { CustomRDD, HashPartitioner, type RDD, type RecordIterator, SparkContext, type TaskContext } from "../index.ts";

const sc = new SparkContext({ master: "local[2]" });
afterAll(() => sc.stop());

interface Slice {
  readonly from: number;
  readonly to: number;
}

const offset = 100;

class Squares extends CustomRDD<number, Slice> {
  readonly step: number;

  constructor(context: SparkContext, step: number) {
    super(context);
    this.step = step;
  }

  override async getPartitions(): Promise<Slice[]> {
    await Promise.resolve();
    return [
      { from: 0, to: 3 },
      { from: 3, to: 5 },
    ];
  }

  override *compute({ from, to }: Slice, context: TaskContext): IterableIterator<number> {
    for (let x = from; x < to; x++) yield this.square(x) * this.step + offset * context.partitionId();
  }

  square(x: number): number {
    return x * x;
  }

  override getPreferredLocations({ from }: Slice): string[] {
    return from === 0 ? ["first-host"] : [];
  }
}

class Cubes extends Squares {
  override square(x: number): number {
    return x ** 3;
  }
}

/** Pairs of neighbouring partitions of two parents. */
class Neighbours extends CustomRDD<[number, number]> {
  constructor(left: RDD<number>, right: RDD<number>) {
    super(left.context, [left, right]);
  }

  override getPartitions(): number[] {
    return [0, 1];
  }

  override getParents(partition: number, parent: number): number[] {
    return parent === 0 ? [partition] : [partition, partition + 1];
  }

  override compute(_: number, __: TaskContext, inputs: readonly RecordIterator<number>[]): [number, number][] {
    const [left, right] = inputs.map((records) => [...records].reduce((sum, x) => sum + x, 0));
    return [[left ?? 0, right ?? 0]];
  }

  override getPartitioner(): HashPartitioner {
    return new HashPartitioner(2);
  }
}

class Fetched extends CustomRDD<string> {
  override getPartitions(): number[] {
    return [1, 2];
  }

  override async *compute(partition: number): AsyncIterableIterator<string> {
    yield `page ${partition}`;
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield "end";
  }
}

describe("an RDD of one's own", () => {
  test("computes the partitions that it lists, with its fields and methods", async () => {
    const squares = new Squares(sc, 10);
    expect(await squares.glom().collect()).toEqual([
      [0, 10, 40],
      [190, 260],
    ]);
    expect(await squares.map((x) => x + 1).take(2)).toEqual([1, 11]);
    expect(await squares.preferredLocations(0)).toEqual(["first-host"]);
    expect(await squares.toDebugString()).toMatch(/^\(2\) Squares\[\d+\] at Squares at custom-rdd\.test\.ts:\d+ \[\]$/);
    expect(await new Cubes(sc, 1).cache().collect()).toEqual([0, 1, 8, 127, 164]);
  });

  test("reads parents, shuffled ones too, and may have a partitioner", async () => {
    const left = sc.parallelize([1, 2], 2);
    const right = sc.range(0, 30, 1, 3).repartition(3);
    const sum = new Neighbours(left, sc.range(0, 6, 1, 3));
    expect(await sum.collect()).toEqual([
      [1, 0 + 1 + 2 + 3],
      [2, 2 + 3 + 4 + 5],
    ]);
    expect((await sum.partitioner())?.equals(new HashPartitioner(2))).toBe(true);
    expect((await new Neighbours(left, right).values().collect()).length).toBe(2);
  });

  test("may compute with await", async () => {
    expect(await new Fetched(sc).collect()).toEqual(["page 1", "end", "page 2", "end"]);
  });

  test("says what is wrong with it", async () => {
    const bad = new Neighbours(sc.parallelize([1, 2], 2), sc.range(0, 6, 1, 2));
    await expect(bad.count()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/Neighbours\.getParents\(1, 1\).*\[1,2\]/) as string,
    });
    class Number3 extends Fetched {
      override compute = (() => 3) as never;
    }
    const refused = expect.objectContaining({ message: expect.stringContaining("Number3.compute(): the function's result is number") });
    await expect(new Number3(sc).count()).rejects.toMatchObject({ cause: refused });
    class Holds extends Fetched {
      readonly held = sc;
      override async *compute(): AsyncIterableIterator<string> {
        yield this.held.version;
      }
    }
    await expect(new Holds(sc).count()).rejects.toMatchObject({ code: "CONTEXT_IN_CLOSURE" });
  });
});
