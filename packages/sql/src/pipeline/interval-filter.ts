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

/** The part of a condition that compares columns with constants, for frames whose positions are rows: many are tested at once. */
export class IntervalFilter {
  readonly #stage: StageRunner;
  readonly #condition: IntervalCondition;

  constructor(stage: StageRunner, condition: Expression) {
    this.#stage = stage;
    this.#condition = columnIntervals(condition);
  }

  /** The rows inside all intervals; undefined when the frame's columns do not lie as they must. */
  apply(frame: Frame, name: string): Filtered | undefined {
    const { intervals, rest } = this.#condition;
    if (intervals.length === 0 || frame.rows.length !== 1 || frame.rows[0] !== 0) return undefined;
    const tests: ColumnInterval[] = [];
    let isEmpty = false;
    for (const interval of intervals) {
      const vector = frame.columns[interval.ordinal]?.vector;
      if (vector === undefined || vector.validity !== 0 || laneBits[vector.physical] === undefined) return undefined;
      const cut = cutInterval(interval, vector);
      if (cut === "none") isEmpty = true;
      else if (cut !== "all") tests.push(cut);
    }
    const more = rest === undefined ? {} : { rest };
    if (isEmpty) return { frame: { ...frame, count: 0 } };
    if (tests.length === 0) return { frame, ...more };
    const ordinals = tests.map(({ ordinal }) => ordinal);
    const code = this.#stage.function(
      `${name} ${ordinals.join()}`,
      { frame, key: "" },
      () => ["intervals", ordinals],
      (shape) => emitIntervalFilter(ordinals, shape),
    );
    const out = this.#stage.rowBuffer(name);
    const given: Record<string, number | bigint> = { out0: out };
    for (const [index, { min, max }] of tests.entries()) {
      given[`low${index}`] = min;
      given[`high${index}`] = max;
    }
    const count = code.call(frame, this.#stage.values, given);
    return { frame: { ...frame, count, rows: [out] }, ...more };
  }
}
