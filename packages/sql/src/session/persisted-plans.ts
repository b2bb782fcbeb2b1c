import { StorageLevels, type StorageLevel } from "@vonk/core";
import { alias, attribute, transformPlanDown, unresolvedAttribute, type LogicalPlan, type PersistLevel } from "@vonk/dataframe/internal";
import type { KeptTable } from "./kept-table.ts";

interface Entry {
  readonly plan: LogicalPlan;
  readonly level: PersistLevel;
  table?: Promise<KeptTable>;
}

/** The plans whose rows are kept, and their tables once a query has used them. A plan is known by its `planId`. */
export class PersistedPlans {
  readonly #entries = new Map<number, Entry>();
  readonly #compute: (plan: LogicalPlan, level: StorageLevel) => Promise<KeptTable>;
  /** Called when what queries mean has changed. */
  readonly #changed: () => void;

  constructor(compute: (plan: LogicalPlan, level: StorageLevel) => Promise<KeptTable>, changed: () => void) {
    this.#compute = compute;
    this.#changed = changed;
  }

  /** Keeps the rows of a plan from its next use on. A plan that is kept stays at its level. */
  add(plan: LogicalPlan, level: PersistLevel): void {
    if (plan.planId === undefined || this.#entries.has(plan.planId)) return;
    this.#entries.set(plan.planId, { plan, level });
    this.#changed();
  }

  /** The level of a plan; NONE when it is not kept. */
  levelOf(plan: LogicalPlan): PersistLevel {
    return this.#entries.get(plan.planId ?? -1)?.level ?? "NONE";
  }

  /** Forgets a plan's rows. */
  async remove(plan: LogicalPlan): Promise<void> {
    const entry = this.#entries.get(plan.planId ?? -1);
    if (entry === undefined) return;
    this.#entries.delete(plan.planId ?? -1);
    this.#changed();
    const table = await entry.table;
    await table?.release();
  }

  /** Forgets all. */
  async clear(): Promise<void> {
    for (const { plan } of this.#entries.values()) await this.remove(plan);
  }

  /** The plan with kept rows in the place of the plans that they are of. */
  async substitute(plan: LogicalPlan): Promise<LogicalPlan> {
    if (this.#entries.size === 0) return plan;
    const tables = new Map<number, KeptTable>();
    const used: Entry[] = [];
    transformPlanDown(plan, (node) => {
      const entry = this.#entries.get(node.planId ?? -1);
      if (entry !== undefined) used.push(entry);
      return entry === undefined ? node : { kind: "oneRow" };
    });
    for (const entry of used) {
      entry.table ??= this.#compute(entry.plan, StorageLevels[entry.level as keyof typeof StorageLevels]);
      tables.set(entry.plan.planId ?? -1, await entry.table);
    }
    return transformPlanDown(plan, (node) => {
      const table = tables.get(node.planId ?? -1);
      return table === undefined ? node : tableNode(table, node.planId ?? -1);
    });
  }
}

function tableNode(table: KeptTable, planId: number): LogicalPlan {
  const { schema, names } = table;
  const output = schema.fields.map(({ name, dataType, nullable }) => attribute(name, dataType, nullable));
  const node = { kind: "table" as const, table, output, filters: [] };
  if (output.every(({ name }, index) => name === names[index])) return { ...node, planId };
  const projections = output.map(({ name }, index) => alias(unresolvedAttribute([name]), names[index] ?? name));
  return { kind: "project", projections, child: node, planId };
}
