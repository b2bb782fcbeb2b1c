import type { SparkContext } from "@vonk/core";
import { parseCSVLine } from "../csv.ts";
import type { DemoData, DemoJob, DemoResult } from "../demo-job.ts";

interface Flight {
  readonly origin: string;
  readonly delay: number;
}

interface Totals {
  readonly flights: number;
  readonly minutes: number;
  readonly late: number;
}

/** Flights joined with airports: how late the flights of each state leave. */
export const flights: DemoJob = {
  name: "flights",
  title: "Delay by state: 20,000 flights joined with 3,376 airports",
  async run(sc: SparkContext, data: DemoData): Promise<DemoResult> {
    const lateMinutes = 15;
    const delays = sc
      .wholeTextFiles(`${data.folder}/flights-20k.json`)
      .flatMap(([, text]) => JSON.parse(text) as Flight[])
      .map((flight) => [flight.origin, flight.delay] as const);
    const states = sc
      .textFile(`${data.folder}/airports.csv`)
      .map((line) => parseCSVLine(line))
      .map((fields) => [fields[0] ?? "", fields[3] ?? ""] as const);
    const byState = delays
      .join(states)
      .map(([, [delay, state]]): [string, Totals] => [state, { flights: 1, minutes: delay, late: delay > lateMinutes ? 1 : 0 }])
      .reduceByKey((a, b) => ({ flights: a.flights + b.flights, minutes: a.minutes + b.minutes, late: a.late + b.late }))
      .map(([state, sum]) => [state, sum.flights, sum.minutes / sum.flights, (100 * sum.late) / sum.flights] as const)
      .sortBy(([, , delay]) => delay, false);
    const rows = await byState.collect();
    return { header: ["state", "flights", "average delay (min)", `over ${lateMinutes} min late (%)`], rows, rdd: byState };
  },
};
