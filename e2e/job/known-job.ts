import type { SparkContext, SparkListenerEvent } from "@vonk/core";

/** Map and reduce tasks of the job. */
export const mapTasks = 12;
export const reduceTasks = 8;
const numbersPerTask = 400;
const keys = 101;

/** What the job gives when nothing was lost and nothing doubled: a key, its count, its sum and a text that shows every number. */
export type KnownAnswer = readonly (readonly [key: number, count: number, sum: number, digest: number])[];

/** The answer without any cluster. */
export function knownAnswer(): KnownAnswer {
  const groups = new Map<number, number[]>();
  for (let number = 0; number < mapTasks * numbersPerTask; number++) {
    const key = (number * 7919) % keys;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(number);
  }
  return [...groups]
    .map(([key, group]) => [key, group.length, group.reduce((sum, number) => sum + number, 0), digestOf(group)] as const)
    .toSorted(([a], [b]) => a - b);
}

function digestOf(group: readonly number[]): number {
  let digest = 0;
  for (const number of group.toSorted((a, b) => a - b)) digest = (Math.imul(digest, 31) + number) | 0;
  return digest;
}

/** How long tasks take and how large their output is. */
export interface JobShape {
  readonly taskMs: number;
  /** Bytes beside each number, so that output is worth disturbing. */
  readonly ballastBytes: number;
}

/**
 * A job of two shuffles: numbers grouped by key, the groups sorted by key. Every task takes `taskMs`, so that a fault meets some of them.
 * `onEvent` sees the listener's events.
 */
export async function runKnownJob(
  sc: SparkContext,
  { taskMs, ballastBytes }: JobShape,
  onEvent: (event: SparkListenerEvent) => void = () => undefined,
): Promise<KnownAnswer> {
  const subscription = sc.addSparkListener(onEvent);
  try {
    const count = keys;
    const groups = sc
      .range(0, mapTasks * numbersPerTask, 1, mapTasks)
      .mapPartitions((numbers) => {
        const until = Date.now() + taskMs;
        const records = [...numbers].map(
          (number) => [(number * 7919) % count, [number, new Uint8Array(ballastBytes).fill(number)]] as const,
        );
        while (Date.now() < until);
        return records;
      })
      .groupByKey(reduceTasks)
      .mapPartitions((grouped) => {
        const until = Date.now() + taskMs;
        const rows: (readonly [number, readonly [number, number, number]])[] = [];
        for (const [key, values] of grouped) {
          const numbers = [...values].map(([number]) => number).sort((a, b) => a - b);
          let digest = 0;
          for (const number of numbers) digest = (Math.imul(digest, 31) + number) | 0;
          rows.push([key, [numbers.length, numbers.reduce((sum, number) => sum + number, 0), digest]]);
        }
        while (Date.now() < until);
        return rows;
      });
    const sorted = await groups.sortByKey(true, 4).collect();
    return sorted.map(([key, [size, sum, digest]]) => [key, size, sum, digest]);
  } finally {
    subscription.close();
  }
}
