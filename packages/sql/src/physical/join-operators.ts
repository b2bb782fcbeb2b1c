import type { SQLRow } from "@vonk/columnar/internal";
import type { RDD } from "@vonk/core";
import { type MapOutputStatistics, moduleZip, ShuffleReadRDD, submitMapStage } from "@vonk/core/internal";
import { sqlText } from "@vonk/catalyst/internal";
import type { Attribute, Expression, JoinType } from "@vonk/dataframe/internal";
import type { RightFacts } from "../task/join-row.ts";
import type { JoinPlan } from "../task/join-rows.ts";
import type { ShuffledJoinPlan } from "../task/join-shuffled.ts";
import type { KeyedRow } from "../task/partition-function.ts";
import type { AdaptiveSettings } from "./adaptive-settings.ts";
import { bind, bindAll } from "./bind.ts";
import { exchangePartitions, shuffledByKey, step, tasks } from "./exchange.ts";
import { list } from "./expression-text.ts";
import type { ExecutionContext, PhysicalPlan } from "./physical-plan.ts";
import { joinReads, type SplitSides } from "./shuffle-reads.ts";

/** What a join needs beside its inputs. */
export interface JoinParts {
  readonly joinType: Exclude<JoinType, "right" | "cross">;
  readonly leftKeys: readonly Expression[];
  readonly rightKeys: readonly Expression[];
  readonly condition?: Expression;
  readonly nullAware: boolean;
  /** Bytes of the right side at most, by what is sure before it runs; less than all with a hint. */
  readonly rightBytesMax: number;
}

/** A join as it is computed: its sides' operators and what they give. */
interface JoinOf extends JoinParts {
  readonly left: PhysicalPlan;
  readonly right: PhysicalPlan;
}

type Keyed = RDD<KeyedRow>;

/**
 * A hash join. A right side that is surely small goes to every task. Of others the exchange runs first, and when a side turns out small it goes
 * to every task after all, so that the other one stays where it is.
 */
export function hashJoin(left: PhysicalPlan, right: PhysicalPlan, parts: JoinParts, output: readonly Attribute[]): PhysicalPlan {
  const { joinType, leftKeys, rightKeys, condition } = parts;
  const shown = condition === undefined ? "" : `, ${sqlText(condition)}`;
  const join: JoinOf = { ...parts, left, right };
  // Which rows of the right side have no match is known only where all rows of the left come by.
  const isSmall = ({ broadcastBytes }: AdaptiveSettings): boolean => joinType !== "full" && parts.rightBytesMax <= broadcastBytes;
  return {
    name: leftKeys.length === 0 ? "BroadcastNestedLoopJoin" : "BroadcastHashJoin",
    exchanged: (settings) => (isSmall(settings) ? undefined : "ShuffledHashJoin"),
    detail: `${list(leftKeys)}, ${list(rightKeys)}, ${joinType}, BuildRight${shown}`,
    output,
    children: [left, right],
    execute: async (context) => {
      if (!isSmall(context.adaptive)) return exchangedJoin(join, context);
      return joinSmall(join, await (await right.execute(context)).collect(), context);
    },
  };
}

/** A join with the rows of the right side. Without any to match, the left side need not be read. @see Spark's AQEPropagateEmptyRelation */
async function joinSmall(join: JoinOf, built: readonly SQLRow[], context: ExecutionContext): Promise<RDD<SQLRow>> {
  const { adaptive, sparkContext } = context;
  // One partition, in which aggregates without keys find that there are no rows.
  if (adaptive.enabled && built.length === 0 && (join.joinType === "inner" || join.joinType === "semi"))
    return sparkContext.parallelize<SQLRow>([], 1);
  return broadcastJoin(join, built, await join.left.execute(context), context);
}

function broadcastJoin(join: JoinOf, built: readonly SQLRow[], rows: RDD<SQLRow>, context: ExecutionContext): RDD<SQLRow> {
  const build = context.sparkContext.broadcast(built);
  context.atEnd?.(() => build.destroy());
  const plan: JoinPlan = {
    ...ruleOf(join, context),
    build,
    leftKeys: bindAll(join.leftKeys, join.left.output),
    rightKeys: bindAll(join.rightKeys, join.right.output),
  };
  return step(rows, "BroadcastHashJoin", "broadcastJoin", plan);
}

function ruleOf({ left, right, joinType, condition, nullAware }: JoinOf, { session }: ExecutionContext): Omit<ShuffledJoinPlan, "facts"> {
  return {
    joinType,
    ...(condition === undefined ? {} : { condition: bind(condition, [...left.output, ...right.output]) }),
    leftWidth: left.output.length,
    rightWidth: right.output.length,
    nullAware,
    session,
  };
}

/** The join behind exchanges by key; without keys all rows have the same. */
async function exchangedJoin(join: JoinOf, context: ExecutionContext): Promise<RDD<SQLRow>> {
  const { adaptive, sparkContext } = context;
  const partitions = join.leftKeys.length === 0 ? 1 : exchangePartitions(context);
  const right = keyed(await join.right.execute(context), join.rightKeys, join.right, context);
  const rightParts = shuffledByKey(context, right, partitions);
  const rightSizes = adaptive.enabled ? await submitMapStage(rightParts) : undefined;
  if (join.joinType !== "full" && rightSizes !== undefined && totalOf(rightSizes) <= adaptive.adaptiveBroadcastBytes)
    return joinSmall(join, await rowsOf(rightParts).collect(), context);
  const left = keyed(await join.left.execute(context), join.leftKeys, join.left, context);
  const leftParts = shuffledByKey(context, left, partitions);
  if (rightSizes === undefined) return zipped(join, leftParts, rightParts, context);
  const leftSizes = await submitMapStage(leftParts);
  if (join.joinType === "inner" && totalOf(leftSizes) <= adaptive.adaptiveBroadcastBytes)
    return turned(join, await rowsOf(leftParts).collect(), rowsOf(rightParts), context);
  const reads = joinReads(leftSizes, rightSizes, splitSides(join), adaptive, sparkContext.defaultParallelism);
  const sides = [new ShuffleReadRDD(leftParts, reads.left), new ShuffleReadRDD(rightParts, reads.right)] as const;
  return zipped(join, ...sides, context);
}

function keyed(rows: RDD<SQLRow>, keys: readonly Expression[], side: PhysicalPlan, { session }: ExecutionContext): Keyed {
  return step<KeyedRow>(rows, "Exchange", "joinKeys", { keys: bindAll(keys, side.output), session });
}

function rowsOf(side: Keyed): RDD<SQLRow> {
  return step(side, "Exchange", "rowsWithoutKeys", {});
}

function totalOf({ bytesByPartitionId }: MapOutputStatistics): number {
  return bytesByPartitionId.reduce((sum, bytes) => sum + bytes, 0);
}

/** Each row of a side that is split must meet all rows of the other, and what rows without a match give must be known from one piece. */
function splitSides({ joinType, leftKeys }: JoinOf): SplitSides {
  const hasKeys = leftKeys.length > 0;
  return { left: hasKeys && joinType !== "full", right: hasKeys && joinType === "inner" };
}

async function zipped(join: JoinOf, left: Keyed, right: Keyed, context: ExecutionContext): Promise<RDD<SQLRow>> {
  const facts = join.nullAware ? await factsOf(right) : { isEmpty: false, hasNullKey: false };
  const plan: ShuffledJoinPlan = { ...ruleOf(join, context), facts };
  return moduleZip<SQLRow>(left, right, "ShuffledHashJoin", { module: tasks, export: "shuffledJoin", args: plan });
}

async function factsOf(right: Keyed): Promise<RightFacts> {
  const facts = await step<RightFacts>(right, "ShuffledHashJoin", "joinFacts", {}).collect();
  return { isEmpty: facts.every((each) => each.isEmpty), hasNullKey: facts.some((each) => each.hasNullKey) };
}

/** An inner join whose left side is built, with its columns in their order. */
function turned(join: JoinOf, built: readonly SQLRow[], rows: RDD<SQLRow>, context: ExecutionContext): RDD<SQLRow> {
  const { left, right, leftKeys, rightKeys } = join;
  const other: JoinOf = { ...join, left: right, right: left, leftKeys: rightKeys, rightKeys: leftKeys };
  const joined = broadcastJoin(other, built, rows, context);
  const projections = bindAll([...left.output, ...right.output], [...right.output, ...left.output]);
  return step(joined, "Project", "projectRows", { projections, session: context.session });
}
