import type { SparkContext } from "@vonk/core";
import { parseCSVLine } from "../csv.ts";
import type { DemoData, DemoJob, DemoResult } from "../demo-job.ts";

const column = { phase: 6, cost: 12, speed: 13 } as const;

/** Bird strikes by phase of flight: groups of values by key, and a cached input. */
export const birdstrikes: DemoJob = {
  name: "birdstrikes",
  title: "Bird strikes by phase of flight: 10,000 reports",
  async run(sc: SparkContext, data: DemoData): Promise<DemoResult> {
    const reports = sc
      .textFile(`${data.folder}/birdstrikes.csv`)
      .map((line) => parseCSVLine(line))
      .filter((fields) => fields[column.phase] !== "Phase of flight")
      .cache();
    const strikes = await reports.count();
    const byPhase = reports
      .map((fields) => [fields[column.phase] ?? "", { cost: Number(fields[column.cost]), speed: Number(fields[column.speed]) }] as const)
      .groupByKey()
      .map(([phase, group]) => {
        const list = [...group];
        const speeds = list
          .map((strike) => strike.speed)
          .filter((speed) => speed > 0)
          .sort((a, b) => a - b);
        const cost = list.reduce((sum, strike) => sum + strike.cost, 0);
        return [phase || "(not told)", list.length, cost, speeds[speeds.length >> 1] ?? 0] as const;
      })
      .sortBy(([, count]) => count, false);
    const rows = await byPhase.collect();
    await reports.unpersist();
    return {
      header: ["phase of flight", "strikes", "cost ($)", "median speed (knots)"],
      rows,
      rdd: byPhase,
      notes: [`${strikes} reports`],
    };
  },
};
