import type { SQLRow } from "@vonk/columnar/internal";
import type { Broadcast } from "@vonk/core";
import type { Expression } from "@vonk/dataframe/internal";
import { compileExpression } from "@vonk/expression/internal";
import { keyOf, nullKey, RowJoin, type JoinRule } from "./join-row.ts";
import { JoinTable } from "./join-table.ts";
import type { PartitionFunction } from "./partition-function.ts";

/** A hash join whose right side all tasks have, while the left side's rows come by. */
export interface JoinPlan extends JoinRule {
  readonly build: Broadcast<readonly SQLRow[]>;
  /** Equal keys of both sides; without any, all rows of the right side are candidates. */
  readonly leftKeys: readonly Expression[];
  readonly rightKeys: readonly Expression[];
}

/** Rows that are passed on together. */
const outRows = 1024;

interface Built {
  readonly table: JoinTable;
  readonly join: RowJoin;
}

/** The rows of a join, by its type. The table is built once a stage and thread, and goes with the thread's copy of the broadcast: stages are kept longer. */
export function joinRows(plan: JoinPlan): PartitionFunction<SQLRow, SQLRow> {
  const leftKeys = plan.leftKeys.map((key) => compileExpression(key, plan.session));
  const known = new WeakMap<readonly SQLRow[], Built>();
  return function* (_partition, rows) {
    const { value } = plan.build;
    let built = known.get(value);
    if (built === undefined) known.set(value, (built = build(plan, value)));
    const { table, join } = built;
    const matched = plan.joinType === "full" ? new Set<SQLRow>() : undefined;
    let out: SQLRow[] = [];
    for (const row of rows) {
      const key = keyOf(leftKeys, row);
      join.addLeft(key, row, join.addPairs(row, table.candidates(key), out, matched), out);
      if (out.length < outRows) continue;
      yield* out;
      out = [];
    }
    yield* out;
    // A full join runs in one partition: only then are all matches known.
    if (matched !== undefined) for (const right of table.rows()) if (!matched.has(right)) yield join.unmatchedRight(right);
  };
}

function build(plan: JoinPlan, rows: readonly SQLRow[]): Built {
  const keys = plan.rightKeys.map((key) => compileExpression(key, plan.session));
  const table = new JoinTable();
  let hasNullKey = false;
  for (const row of rows) {
    const key = keyOf(keys, row);
    hasNullKey ||= key === nullKey;
    if (key !== nullKey || plan.joinType === "full") table.add(key, row);
  }
  return { table, join: new RowJoin(plan, { isEmpty: rows.length === 0, hasNullKey }) };
}
