import type { SQLRow } from "@vonk/columnar/internal";
import type { Attribute, CTEDefinition } from "@vonk/dataframe/internal";
import { sqlErrors } from "../errors.ts";
import type { PhysicalPlan } from "./physical-plan.ts";

/** What a recursion is told beside its parts. */
export interface RecursionParts {
  readonly definition: CTEDefinition;
  readonly output: readonly Attribute[];
  /** As many rows as are wanted; undefined for all. */
  readonly rowMax: number | undefined;
}

/**
 * The rows of a recursive query: those of the anchor, then those that `next` makes of the last ones, until there are none. Each round is a job,
 * and its rows pass through the driver.
 * @throws RECURSION_LEVEL_LIMIT_EXCEEDED, RECURSION_ROW_LIMIT_EXCEEDED when executed
 */
export function recursion(anchor: PhysicalPlan, next: (rows: readonly SQLRow[]) => PhysicalPlan, parts: RecursionParts): PhysicalPlan {
  const { definition, output, rowMax = Infinity } = parts;
  return {
    name: "UnionLoop",
    detail: definition.name,
    output,
    children: [anchor],
    execute: async (context) => {
      const levelMax = definition.levelMax ?? context.recursion.levelMax;
      // A query that is cut to some rows ends by itself.
      const bound = definition.allRows === true || rowMax < Infinity ? Infinity : context.recursion.rowMax;
      const all: SQLRow[] = [];
      let rows: readonly SQLRow[] = await (await anchor.execute(context)).collect();
      for (let level = 1; rows.length > 0; level++) {
        for (const row of rows) all.push(row);
        if (all.length > bound) throw sqlErrors.create("RECURSION_ROW_LIMIT_EXCEEDED", { rowLimit: bound });
        if (all.length >= rowMax) break;
        if (level > levelMax) throw sqlErrors.create("RECURSION_LEVEL_LIMIT_EXCEEDED", { levelLimit: levelMax });
        rows = await (await next(rows).execute(context)).collect();
      }
      const { sparkContext } = context;
      return sparkContext.parallelize(all, Math.max(1, Math.min(all.length, sparkContext.defaultParallelism)));
    },
  };
}
