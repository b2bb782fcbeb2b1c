import type { SparkContext } from "@vonk/core";
import type { DemoData, DemoJob, DemoResult } from "../demo-job.ts";

const tooCommon = ["the", "and", "for", "that", "this", "with", "you", "are", "not", "can", "from", "will", "your"];

/** Word count over the Markdown files of the installed packages, with a broadcast and an accumulator. */
export const words: DemoJob = {
  name: "words",
  title: "Word count: the Markdown files of the installed packages",
  async run(sc: SparkContext, data: DemoData): Promise<DemoResult> {
    const skipped = sc.broadcast(new Set(tooCommon));
    const lines = sc.longAccumulator("lines");
    const lettersMin = 3;
    const counts = sc
      .textFile(data.documents)
      .flatMap((line) => {
        lines.add(1);
        return line.toLowerCase().match(/\p{L}+/gu) ?? [];
      })
      .filter((word) => word.length >= lettersMin && !skipped.value.has(word))
      .map((word): [string, number] => [word, 1])
      .reduceByKey((a, b) => a + b);
    const rows = await counts.takeOrdered(1000, ([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    await skipped.destroy();
    return { header: ["word", "times"], rows, rdd: counts, notes: [`${lines.value.toLocaleString("en-US")} lines`] };
  },
};
