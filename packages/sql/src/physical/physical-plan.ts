import type { SQLRow } from "@vonk/columnar/internal";
import type { Attribute, Expression } from "@vonk/dataframe/internal";
import type { RDD, SparkContext } from "@vonk/core";
import type { SessionValues } from "@vonk/expression/internal";
import type { AdaptiveSettings } from "./adaptive-settings.ts";

/** What operators need to make RDDs. */
export interface ExecutionContext {
  readonly sparkContext: SparkContext;
  readonly session: SessionValues;
  /** Partitions of a shuffle. */
  readonly shufflePartitions: number;
  /** How plans change between their stages. */
  readonly adaptive: AdaptiveSettings;
  /** False interprets everything: for comparisons. */
  readonly compiled: boolean;
  /** Bounds of recursive queries. */
  readonly recursion: { readonly levelMax: number; readonly rowMax: number };
  /** Called with what has to happen when the query has ended, however it ends. */
  readonly atEnd?: (release: () => Promise<void>) => void;
}

/** An operator of a physical plan: how a logical one is computed. */
export interface PhysicalPlan {
  /** Spark's name without `Exec`. */
  readonly name: string;
  /** What EXPLAIN shows behind the name. */
  readonly detail: string;
  readonly output: readonly Attribute[];
  readonly children: readonly PhysicalPlan[];
  /** The name when inputs go through an exchange, whose sizes may change the plan; undefined when by these settings none does. */
  readonly exchanged?: (settings: AdaptiveSettings) => string | undefined;
  /** Begins with what it needs that depends on none of these expressions, whose values are not known yet; `execute` goes on with it. */
  readonly begin?: (context: ExecutionContext, unknown: ReadonlySet<Expression>) => void;
  /** The RDD of its rows. Builds what must be there before, such as the tables of joins. */
  readonly execute: (context: ExecutionContext) => Promise<RDD<SQLRow>>;
}

/** A plan as EXPLAIN shows it before it runs: what may change between its stages stands under AdaptiveSparkPlan. @see Spark's InsertAdaptiveSparkPlan */
export function adaptivePlan(plan: PhysicalPlan, settings: AdaptiveSettings): PhysicalPlan {
  let changes = false;
  const named = (node: PhysicalPlan): PhysicalPlan => {
    // Pipelines have their own ways.
    if (node.name.startsWith("*")) return node;
    const name = node.exchanged?.(settings);
    changes ||= name !== undefined;
    return { ...node, name: name ?? node.name, children: node.children.map(named) };
  };
  const shown = named(plan);
  return changes && settings.enabled ? { ...shown, name: "AdaptiveSparkPlan", detail: "isFinalPlan=false", children: [shown] } : shown;
}

/** A plan as a tree of lines, the way Spark prints it. */
export function treeText(plan: PhysicalPlan, prefix = "", isLast = true, isRoot = true): string {
  const own = `${isRoot ? "" : `${prefix}${isLast ? "+- " : ":- "}`}${plan.name}${plan.detail === "" ? "" : ` ${plan.detail}`}\n`;
  const inner = isRoot ? "" : `${prefix}${isLast ? "   " : ":  "}`;
  return own + plan.children.map((child, index) => treeText(child, inner, index === plan.children.length - 1, false)).join("");
}
