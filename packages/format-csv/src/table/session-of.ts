import type { SessionValues } from "@vonk/expression/internal";
import type { CSVOptions } from "../record/csv-options.ts";

/** What texts of values depend on: the zone alone. */
export function sessionOf({ timeZone }: Pick<CSVOptions, "timeZone">): SessionValues {
  return { timeZone, nowMicros: 0n, user: "", catalog: "", database: "", version: "" };
}
