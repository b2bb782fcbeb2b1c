import type { Expression } from "@vonk/dataframe/internal";
import { columnIntervals, cutInterval, laneBits, type ColumnInterval, type IntervalCondition } from "./column-intervals.ts";
import { emitIntervalFilter } from "./emit-interval-filter.ts";
import type { Frame } from "./frame.ts";
import type { StageRunner } from "./run-stage.ts";

/** A frame after the intervals of a condition, and what of the condition is still to be asked. */
export interface Filtered {
  readonly frame: Frame;
  readonly rest?: Expression;
}

/** What a batch's bounds leave to be tested: nothing passes, or all, or what passes the tests. */
interface Cut {
  readonly columns: Frame["columns"];
  readonly isPossible: boolean;
  readonly isEmpty: boolean;
  readonly ordinals: readonly number[];
  readonly name: string;
  readonly given: Record<string, number | bigint>;
}

/** The part of a condition that compares columns with constants, for frames whose positions are rows: many are tested at once. */
export class IntervalFilter {
  readonly #stage: StageRunner;
  readonly #condition: IntervalCondition;
  #cut: Cut | undefined;

  constructor(stage: StageRunner, condition: Expression) {
    this.#stage = stage;
    this.#condition = columnIntervals(condition);
  }

  /** The rows inside all intervals; undefined when the frame's columns do not lie as they must. */
  apply(frame: Frame, name: string): Filtered | undefined {
    const { intervals, rest } = this.#condition;
    if (intervals.length === 0 || frame.rows.length !== 1 || frame.rows[0] !== 0) return undefined;
    if (this.#cut?.columns !== frame.columns) this.#cut = this.#cutFor(frame, name);
    const { isPossible, isEmpty, ordinals, given, name: codeName } = this.#cut;
    if (!isPossible) return undefined;
    const more = rest === undefined ? {} : { rest };
    if (isEmpty) return { frame: { ...frame, count: 0 } };
    if (ordinals.length === 0) return { frame, ...more };
    const code = this.#stage.function(
      codeName,
      { frame, key: "" },
      () => ["intervals", ordinals],
      (shape) => emitIntervalFilter(ordinals, shape),
    );
    const out = this.#stage.rowBuffer(name);
    given["out0"] = out;
    return { frame: { ...frame, count: code.call(frame, given), rows: [out] }, ...more };
  }

  /** The tests that are left for the frames of a batch. */
  #cutFor({ columns }: Frame, name: string): Cut {
    const impossible: Cut = { columns, isPossible: false, isEmpty: false, ordinals: [], name, given: {} };
    const tests: ColumnInterval[] = [];
    let isEmpty = false;
    for (const interval of this.#condition.intervals) {
      const vector = columns[interval.ordinal]?.vector;
      if (vector === undefined || vector.validity !== 0 || laneBits[vector.physical] === undefined) return impossible;
      const cut = cutInterval(interval, vector);
      if (cut === "none") isEmpty = true;
      else if (cut !== "all") tests.push(cut);
    }
    const ordinals = tests.map(({ ordinal }) => ordinal);
    const given = Object.fromEntries(
      tests.flatMap(({ min, max }, index) => [[`low${index}`, min] as const, [`high${index}`, max] as const]),
    );
    return { ...impossible, isPossible: true, isEmpty, ordinals, name: `${name} ${ordinals.join()}`, given };
  }
}
