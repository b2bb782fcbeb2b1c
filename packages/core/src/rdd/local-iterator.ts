import type { ActionOptions, JobOptions } from "../context/job-client.ts";
import type { RDD } from "./rdd.ts";

/** The records of an RDD, one job a partition; the next partition's job runs ahead when `prefetch` is set. */
export function partitionIterator<T>(rdd: RDD<T>, prefetch: boolean, options: ActionOptions | undefined): AsyncIterableIterator<T> {
  const callSite = rdd.context.callSite("toLocalIterator");
  rdd.context.assertRunning("toLocalIterator");
  return read(rdd, prefetch, { ...options, callSite });
}

async function* read<T>(rdd: RDD<T>, prefetch: boolean, options: JobOptions): AsyncGenerator<T, void, undefined> {
  // Each partition's job may take as long as the options say, and so may what comes before them: the reader decides how long all takes.
  const total = await rdd.context.limited(options, async ({ limit }) => (await rdd.prepare(limit?.signal)).numPartitions);
  const fetch = async (partition: number): Promise<T[]> => {
    const [records = []] = await rdd.context.runBuiltin<T[]>(rdd, "toLocalIterator", "collect", undefined, options, [partition]);
    return records;
  };
  let ahead: Promise<T[]> | undefined;
  for (let partition = 0; partition < total; partition++) {
    const current = ahead ?? fetch(partition);
    ahead = undefined;
    const records = await current;
    if (prefetch && partition + 1 < total) {
      ahead = fetch(partition + 1);
      // When the reader stops early nobody waits for this job.
      ahead.catch(() => undefined);
    }
    yield* records;
  }
}
