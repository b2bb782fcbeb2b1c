import { readFileSync } from "node:fs";
import { coreErrors } from "../errors.ts";
import type { PoolSettings } from "../scheduler/pool.ts";

/**
 * Reads pools from a JSON file: `[{ "name": "etl", "schedulingMode": "FAIR", "weight": 2, "minShare": 1 }]`.
 * Spark's file is XML with the same fields.
 * @throws CONTEXT_OPTION_INVALID when the file is not of that form
 */
export function readPools(path: string): PoolSettings[] {
  if (path === "") return [];
  const refuse = (value: string, cause?: unknown): Error =>
    coreErrors.create(
      "CONTEXT_OPTION_INVALID",
      { option: "spark.scheduler.allocation.file", value, expected: "a JSON list of {name, schedulingMode, weight, minShare}" },
      { cause },
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw refuse(path, cause);
  }
  if (!Array.isArray(parsed)) throw refuse(path);
  return parsed.map((entry: Readonly<Record<string, unknown>>) => {
    const { name, schedulingMode = "FIFO", weight = 1, minShare = 0 } = entry;
    if (typeof name !== "string" || typeof weight !== "number" || typeof minShare !== "number" || weight <= 0)
      throw refuse(JSON.stringify(entry));
    return { name, mode: schedulingMode === "FAIR" ? "FAIR" : "FIFO", weight, minShare };
  });
}
