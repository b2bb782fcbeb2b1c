import type { SQLRow } from "@vonk/columnar/internal";
import { StorageLevels, type RDD } from "@vonk/core";
import type { SharedDefinition, SharedRelation } from "@vonk/dataframe/internal";
import { list } from "./expression-text.ts";
import type { ExecutionContext, PhysicalPlan } from "./physical-plan.ts";

/** The rows of a definition, by the query that runs. */
type Rows = WeakMap<ExecutionContext, Promise<RDD<SQLRow>>>;

const rowsOf = new WeakMap<SharedDefinition, Rows>();

/**
 * A plan that several places read, computed once a query: the first place that is executed plans it and keeps its rows in memory or on disk until
 * the query ends.
 */
export function sharedScan({ definition, output }: SharedRelation, plan: () => PhysicalPlan): PhysicalPlan {
  return {
    name: "CTEScan",
    detail: `${definition.name}${list(output)}`,
    output,
    children: [],
    execute: (context) => {
      const byQuery: Rows = rowsOf.get(definition) ?? new WeakMap();
      rowsOf.set(definition, byQuery);
      const rows = byQuery.get(context) ?? kept(plan(), context);
      byQuery.set(context, rows);
      return rows;
    },
  };
}

async function kept(plan: PhysicalPlan, context: ExecutionContext): Promise<RDD<SQLRow>> {
  const rows = (await plan.execute(context)).persist(StorageLevels.MEMORY_AND_DISK);
  context.atEnd?.(async () => void (await rows.unpersist()));
  return rows;
}
