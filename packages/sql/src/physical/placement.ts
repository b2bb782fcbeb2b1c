import type { SQLRow } from "@vonk/columnar/internal";
import { asyncModuleStep, moduleStep } from "@vonk/core/internal";
import { boundReference, type Attribute, type Expression, type Sample } from "@vonk/dataframe/internal";
import { storedColumns, type CachedTable } from "../source/cached-table.ts";
import type { AsyncPlan } from "../task/async-calls.ts";
import type { KeyedRow } from "../task/partition-function.ts";
import { bindAll } from "./bind.ts";
import { exchange, exchangePartitions, step, tasks } from "./exchange.ts";
import { list } from "./expression-text.ts";
import type { PhysicalPlan } from "./physical-plan.ts";

const recordTasks = new URL("../task/record-tasks.ts", import.meta.url).href;

/*
 * Operators that change which rows there are and where, but none of them.
 */

/** Rows that another query left in memory or on disk. */
export function inMemoryScan(table: CachedTable, output: readonly Attribute[]): PhysicalPlan {
  return {
    name: "InMemoryTableScan",
    detail: list(output),
    output,
    children: [],
    execute: ({ session }) => {
      const { content } = table;
      const columns = storedColumns(table, output);
      if (content.kind === "records") {
        const task = { module: recordTasks, export: "recordsToRows", args: columns };
        return Promise.resolve(moduleStep<SQLRow>(content.records, "InMemoryTableScan", task));
      }
      const { ordinals } = columns;
      if (ordinals.length === table.schema.fields.length) return Promise.resolve(content.rows);
      const projections = output.map(({ dataType, nullable }, index) => boundReference(ordinals[index] ?? 0, dataType, nullable));
      return Promise.resolve(step(content.rows, "InMemoryTableScan", "projectRows", { projections, session }));
    },
  };
}

/** Columns and then calls of async functions: the arguments are computed, then the functions called, many at once. */
export function asyncProject(child: PhysicalPlan, projections: readonly Expression[], output: readonly Attribute[]): PhysicalPlan {
  const calls = projections.flatMap((item) => (item.kind === "alias" && item.child.kind === "userFunction" ? [item.child] : []));
  return {
    name: "AsyncEval",
    detail: list(calls),
    output,
    children: [child],
    execute: async (context) => {
      const bound = bindAll(calls, child.output).filter((call) => call.kind === "userFunction");
      const columns = bindAll(projections.slice(0, projections.length - calls.length), child.output);
      const plan: AsyncPlan = { columns, calls: bound, session: context.session };
      const args = step<SQLRow>(await child.execute(context), "AsyncEval", "asyncArguments", plan);
      return asyncModuleStep<SQLRow>(args, "AsyncEval", { module: tasks, export: "asyncResults", args: plan });
    },
  };
}

/** The first row of each key. */
export function firstByKey(child: PhysicalPlan, keys: readonly Expression[]): PhysicalPlan {
  return {
    name: "Deduplicate",
    exchanged: () => "Deduplicate",
    detail: list(keys),
    output: child.output,
    children: [child],
    execute: async (context) => {
      const plan = { keys: bindAll(keys, child.output), session: context.session };
      const keyed = step<KeyedRow>(await child.execute(context), "Exchange", "keyedRows", plan);
      return step(await exchange(context, keyed, exchangePartitions(context)), "Deduplicate", "firstOfKeys", {});
    },
  };
}

/** Rows at random. */
export function sample(child: PhysicalPlan, { lower, upper, withReplacement, seed }: Sample): PhysicalPlan {
  return {
    name: "Sample",
    detail: `${lower}, ${upper}, ${withReplacement}`,
    output: child.output,
    children: [child],
    execute: async (context) => {
      const rows = await child.execute(context);
      return seed === undefined ? rows.sample(withReplacement, upper - lower) : rows.sample(withReplacement, upper - lower, Number(seed));
    },
  };
}

/** The last rows. */
export function tail(child: PhysicalPlan, count: number): PhysicalPlan {
  return {
    name: "CollectTail",
    detail: String(count),
    output: child.output,
    children: [child],
    execute: async (context) => {
      const few = step<SQLRow>(await child.execute(context), "CollectTail", "lastRows", { count });
      return step(few.coalesce(1), "CollectTail", "lastRows", { count });
    },
  };
}
