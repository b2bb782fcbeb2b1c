import type { SQLRow } from "@vonk/columnar/internal";
import { HashPartitioner, type RDD } from "@vonk/core";
import { moduleStep } from "@vonk/core/internal";
import { sqlText } from "@vonk/catalyst/internal";
import type { Repartition } from "@vonk/dataframe/internal";
import { bindAll } from "./bind.ts";
import type { PhysicalPlan } from "./physical-plan.ts";

const tasks = new URL("../task/row-tasks.ts", import.meta.url).href;

/** Rows in other partitions: by the values of expressions, round, or without a shuffle in fewer ones. */
export function repartition(child: PhysicalPlan, { expressions, partitions, shuffle }: Repartition): PhysicalPlan {
  const by = expressions.length === 0 ? "roundrobinpartitioning" : `hashpartitioning(${expressions.map(sqlText).join(", ")})`;
  return {
    name: shuffle ? "Exchange" : "Coalesce",
    detail: shuffle ? by : `${partitions ?? 1}`,
    output: child.output,
    children: [child],
    execute: async (context) => {
      const rows = await child.execute(context);
      if (!shuffle) return rows.coalesce(partitions ?? 1);
      const count = partitions ?? context.shufflePartitions;
      if (expressions.length === 0) return rows.repartition(count);
      // What orders rows within ranges elsewhere only places them here.
      const keys = bindAll(
        expressions.map((key) => (key.kind === "sortOrder" ? key.child : key)),
        child.output,
      );
      const keyed: RDD<readonly [string, SQLRow]> = moduleStep(rows, "Exchange", {
        module: tasks,
        export: "keyedRows",
        args: { keys, session: context.session },
      });
      const together = keyed.partitionBy(new HashPartitioner(count));
      return moduleStep<SQLRow>(together, "Exchange", { module: tasks, export: "rowsWithoutKeys", args: {} });
    },
  };
}
