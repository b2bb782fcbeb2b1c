import { stringType } from "@vonk/columnar/internal";
import {
  alias,
  collect,
  exists,
  literal,
  transformDown,
  unresolvedAttribute,
  unresolvedFunction,
  type Aggregate,
  type Expression,
  type LogicalPlan,
  type Project,
  type UnresolvedFunction,
  type WindowFrame,
} from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";

/*
 * `window(time, length [, slide [, offset]])` and `session_window(time, gap)`: the window of a row is a column below, named as the function. Where windows
 * overlap a row is there once for each. A session is what rows of one group are whose gaps are short; the groups are those of the other keys.
 */

const everything: Expression = { kind: "unresolvedStar", target: [], except: [] };

function isTimeWindow(node: Expression): node is UnresolvedFunction {
  if (node.kind !== "unresolvedFunction" || node.nameParts.length !== 1) return false;
  const name = node.nameParts[0]?.toLowerCase();
  return (name === "window" && node.args.length >= 2 && node.args.length <= 4) || (name === "session_window" && node.args.length === 2);
}

/** True when the list has a window of time. */
export function hasTimeWindow(list: readonly Expression[]): boolean {
  return list.some((item) => exists(item, isTimeWindow));
}

/** The one window of time of a plan's expressions. @throws AnalysisError _LEGACY_ERROR_TEMP_1039 for several */
function windowOf(list: readonly Expression[], plan: LogicalPlan): UnresolvedFunction | undefined {
  const all = list.flatMap((item) => collect(item, isTimeWindow));
  const different = new Set(all.map(prettyText));
  if (different.size > 1) throw analysisError("_LEGACY_ERROR_TEMP_1039", {}, plan.origin);
  return all[0];
}

function nameOf(call: UnresolvedFunction): string {
  return call.nameParts[0]?.toLowerCase() ?? "";
}

function withColumn(list: readonly Expression[], column: Expression): Expression[] {
  return list.map((item) => transformDown(item, (node) => (isTimeWindow(node) ? column : node)));
}

/** What makes the window of a row, or all of them when they overlap. */
function windowsOf({ args, origin }: UnresolvedFunction): Expression {
  const place = origin === undefined ? {} : { origin };
  const slides = args[2] !== undefined && prettyText(args[2]) !== prettyText(args[1] ?? args[2]);
  if (!slides) return unresolvedFunction("time_window", args, place);
  return unresolvedFunction("explode", [unresolvedFunction("time_windows", args, place)], place);
}

/** A select list over rows with their windows. */
export function withProjectedWindow(plan: Project): Project {
  const call = windowOf(plan.projections, plan);
  if (call === undefined) return plan;
  // The list itself, as far as it can: `*` must not have one column more.
  const projections = plan.projections.map((item) => {
    const child = item.kind === "alias" ? item.child : item;
    if (child !== call || nameOf(call) !== "window") return item;
    return item.kind === "alias" ? { ...item, child: windowsOf(call) } : alias(windowsOf(call), "window");
  });
  if (!hasTimeWindow(projections)) return { ...plan, projections };
  return { ...plan, projections: withColumn(projections, unresolvedAttribute([nameOf(call)])), child: withWindowBelow(call, plan.child) };
}

/** Groups over rows with their windows. */
export function withGroupedWindow(plan: Aggregate): Aggregate {
  const call = windowOf([...plan.groupings, ...plan.aggregates], plan);
  if (call === undefined) return plan;
  const column = unresolvedAttribute([nameOf(call)]);
  const others = plan.groupings.filter((grouping) => !exists(grouping, isTimeWindow));
  const child = nameOf(call) === "window" ? withWindowBelow(call, plan.child) : withSessionBelow(call, others, plan.child);
  return { ...plan, groupings: withColumn(plan.groupings, column), aggregates: withColumn(plan.aggregates, column), child };
}

/** Rows whose time is not known are in no window. */
function known(time: Expression, child: LogicalPlan): LogicalPlan {
  return { kind: "filter", condition: unresolvedFunction("isnotnull", [time]), child };
}

function withWindowBelow(call: UnresolvedFunction, child: LogicalPlan): LogicalPlan {
  const [time = everything] = call.args;
  return { kind: "project", projections: [everything, alias(windowsOf(call), nameOf(call))], child: known(time, child) };
}

/** Each row's session: it begins where the row's time is behind the ends of all rows before it. */
function withSessionBelow(call: UnresolvedFunction, keys: readonly Expression[], child: LogicalPlan): LogicalPlan {
  const [time = everything, gap = literal("", stringType)] = call.args;
  const names = { start: "session start", end: "session end", reached: "session reached", number: "session number" };
  const column = (name: string): Expression => unresolvedAttribute([name]);
  const start = unresolvedFunction("to_timestamp", [time]);
  const order: Expression = { kind: "sortOrder", child: column(names.start), ascending: true, nullsFirst: true };
  const over = (name: string, argument: Expression, partitionBy: readonly Expression[], frame?: WindowFrame): Expression => ({
    kind: "window",
    function: unresolvedFunction(name, [argument]),
    partitionBy,
    orderBy: frame === undefined ? [] : [order],
    ...(frame === undefined ? {} : { frame }),
  });
  const add = (plan: LogicalPlan, items: readonly Expression[]): LogicalPlan => ({
    kind: "project",
    projections: [everything, ...items],
    child: plan,
  });
  const one = literal(1, { kind: "integer" });
  const before: WindowFrame = { unit: "rows", lower: { kind: "unbounded" }, upper: { kind: "offset", value: one, preceding: true } };
  const soFar: WindowFrame = { unit: "rows", lower: { kind: "unbounded" }, upper: { kind: "current" } };
  const length = unresolvedFunction("to_session_gap", [gap]);
  let plan = add(known(time, child), [alias(start, names.start), alias(unresolvedFunction("+", [start, length]), names.end)]);
  plan = add(plan, [alias(over("max", column(names.end), keys, before), names.reached)]);
  const joins = unresolvedFunction("<", [column(names.start), column(names.reached)]);
  const begins: Expression = { kind: "caseWhen", whens: [joins, literal(0, { kind: "integer" })], otherwise: one };
  plan = add(plan, [alias(over("sum", begins, keys, soFar), names.number)]);
  const own = [...keys, column(names.number)];
  const session = unresolvedFunction("named_struct", [
    literal("start", stringType),
    over("min", column(names.start), own),
    literal("end", stringType),
    over("max", column(names.end), own),
  ]);
  plan = add(plan, [alias(session, "session_window")]);
  return { kind: "unresolvedOperation", operation: { kind: "drop", names: Object.values(names), columns: [] }, child: plan };
}
