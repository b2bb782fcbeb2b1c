import type { RDD, SparkContext } from "@vonk/core";
import type { Cell } from "./table.ts";

/** Where the demo's data lies: patterns and paths as textFile takes them. */
export interface DemoData {
  /** The folder with flights-20k.json, airports.csv and birdstrikes.csv. */
  readonly folder: string;
  /** Markdown files for the word count. */
  readonly documents: string;
}

/** What a job shows. */
export interface DemoResult {
  readonly header: readonly string[];
  /** All rows; the demo prints the first ones. */
  readonly rows: readonly (readonly Cell[])[];
  /** The RDD that was collected, for its lineage. */
  readonly rdd: RDD<unknown>;
  readonly notes?: readonly string[];
}

/** One part of the demo. */
export interface DemoJob {
  readonly name: string;
  readonly title: string;
  run(sc: SparkContext, data: DemoData): Promise<DemoResult>;
}
