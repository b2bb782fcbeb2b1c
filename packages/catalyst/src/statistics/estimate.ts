import {
  outputOf,
  typeOf,
  type Expression,
  type LogicalPlan,
  type SharedDefinition,
  type SharedRelation,
  type TableStatistics,
} from "@vonk/dataframe/internal";

/** Guesses of how much a plan gives; only orders of joins and sides to build depend on them. */
export interface Estimate {
  readonly rows: number;
  /** Distinct values by column, where something is known. */
  readonly distinct: ReadonlyMap<number, number>;
  /** Rows of the table that a column is of, before any filter. */
  readonly tableRows: ReadonlyMap<number, number>;
}

const nothing: ReadonlyMap<number, number> = new Map();

const unknownRows = 1e6;
const aggregateShare = 0.1;

/** Estimates from the tables' statistics upwards. */
export function estimate(plan: LogicalPlan): Estimate {
  switch (plan.kind) {
    case "table":
      return ofTable(plan.output, plan.table.statistics, plan.filters);
    case "localRelation":
      return { rows: plan.rows.length, distinct: nothing, tableRows: nothing };
    case "range":
      return { rows: Number((plan.end - plan.start) / plan.step), distinct: nothing, tableRows: nothing };
    case "oneRow":
      return { rows: 1, distinct: nothing, tableRows: nothing };
    case "shared":
      return ofShared(plan);
    case "filter": {
      const child = estimate(plan.child);
      return scaled(child, selectivity(plan.condition, child));
    }
    case "project": {
      const child = estimate(plan.child);
      const distinct = new Map(child.distinct);
      for (const item of plan.projections) {
        const source = item.kind === "alias" && item.child.kind === "attribute" ? child.distinct.get(item.child.exprId) : undefined;
        if (item.kind === "alias" && source !== undefined) distinct.set(item.exprId, source);
      }
      return { rows: child.rows, distinct, tableRows: child.tableRows };
    }
    case "aggregate": {
      const child = estimate(plan.child);
      if (plan.groupings.length === 0) return { rows: 1, distinct: nothing, tableRows: nothing };
      const groups = plan.groupings.reduce((product, grouping) => product * distinctOf(grouping, child), 1);
      return { rows: Math.max(1, Math.min(groups, child.rows)), distinct: child.distinct, tableRows: child.tableRows };
    }
    case "join":
      return ofJoin(plan);
    case "limit": {
      const child = estimate(plan.child);
      const limit = plan.limit.kind === "literal" ? Number(plan.limit.value) : child.rows;
      return { ...child, rows: Math.min(child.rows, limit) };
    }
    case "union":
      return { rows: plan.children.map(estimate).reduce((sum, child) => sum + child.rows, 0), distinct: nothing, tableRows: nothing };
    case "sort":
    case "repartition":
    case "subqueryAlias":
    case "offset":
    case "window":
      return estimate(plan.child);
    case "distinct": {
      const child = estimate(plan.child);
      return { ...child, rows: Math.max(1, child.rows * aggregateShare) };
    }
    default:
      return { rows: unknownRows, distinct: nothing, tableRows: nothing };
  }
}

const ofDefinitions = new WeakMap<SharedDefinition, Estimate>();

/** A definition's estimate is made once: definitions hold others. */
function ofShared({ definition, output }: SharedRelation): Estimate {
  const known = ofDefinitions.get(definition) ?? estimate(definition.plan);
  ofDefinitions.set(definition, known);
  const ids = new Map(outputOf(definition.plan).map((column, index) => [column.exprId, output[index]?.exprId ?? column.exprId]));
  const renamed = (counts: ReadonlyMap<number, number>): Map<number, number> =>
    new Map([...counts].flatMap(([id, count]) => (ids.has(id) ? [[ids.get(id) ?? id, count] as const] : [])));
  return { rows: known.rows, distinct: renamed(known.distinct), tableRows: renamed(known.tableRows) };
}

function ofTable(
  output: readonly { readonly exprId: number; readonly name: string }[],
  statistics: TableStatistics,
  filters: readonly Expression[],
): Estimate {
  const rows = statistics.rowCount ?? statistics.sizeBytes / 100;
  const distinct = new Map<number, number>();
  for (const column of output) {
    const known = statistics.columns[column.name];
    const { min, max } = known ?? {};
    const span =
      (typeof min === "number" || typeof min === "bigint") && (typeof max === "number" || typeof max === "bigint")
        ? Number(max) - Number(min) + 1
        : undefined;
    const count = known?.distinctCount ?? (span === undefined ? undefined : Math.min(span, rows));
    if (count !== undefined) distinct.set(column.exprId, Math.max(count, 1));
  }
  const all: Estimate = {
    rows: Math.max(rows, 1),
    distinct,
    tableRows: new Map(output.map((column) => [column.exprId, Math.max(rows, 1)])),
  };
  return filters.reduce<Estimate>((estimated, filter) => scaled(estimated, selectivity(filter, all)), all);
}

function scaled(input: Estimate, share: number): Estimate {
  const rows = Math.max(1, input.rows * share);
  return { rows, distinct: new Map([...input.distinct].map(([id, count]) => [id, Math.min(count, rows)])), tableRows: input.tableRows };
}

/** Distinct values of an expression; a tenth of the rows when nothing is known. */
export function distinctOf(expression: Expression, input: Estimate): number {
  const known = expression.kind === "attribute" ? input.distinct.get(expression.exprId) : undefined;
  return Math.max(1, known ?? input.rows * aggregateShare);
}

/** The share of rows that pass a condition. @see Selinger et al., "Access Path Selection" (1979) */
export function selectivity(condition: Expression, input: Estimate): number {
  if (condition.kind === "literal") return condition.value === true ? 1 : 0;
  if (condition.kind !== "call") return 0.5;
  const [left, right] = condition.args;
  if (left === undefined) return 0.5;
  switch (condition.name) {
    case "and":
      return condition.args.reduce((share, part) => share * selectivity(part, input), 1);
    case "or":
      return Math.min(
        1,
        condition.args.reduce((share, part) => share + selectivity(part, input), 0),
      );
    case "not":
      return 1 - selectivity(left, input);
    case "=":
    case "<=>": {
      const column = left.kind === "literal" ? right : left;
      return column === undefined ? 0.1 : 1 / (column.kind === "attribute" ? distinctOf(column, input) : 10);
    }
    case "in":
      return Math.min(1, (condition.args.length - 1) / (left.kind === "attribute" ? distinctOf(left, input) : 10));
    case "like":
      return 0.1;
    case "between":
      return 0.2;
    case "isnull":
      return 0.05;
    case "isnotnull":
      return 0.95;
    default:
      return 0.33;
  }
}

function ofJoin(plan: Extract<LogicalPlan, { kind: "join" }>): Estimate {
  const left = estimate(plan.left);
  const right = estimate(plan.right);
  const distinct = new Map([...left.distinct, ...right.distinct]);
  if (plan.joinType === "semi" || plan.joinType === "anti") return scaled(left, 0.5);
  if (plan.joinType === "existence") return left;
  const rows = joinedRows(left, right, plan.condition, new Set(outputOf(plan.left).map((column) => column.exprId)));
  const tableRows = new Map([...left.tableRows, ...right.tableRows]);
  return { rows: plan.joinType === "inner" || plan.joinType === "cross" ? rows : Math.max(rows, left.rows), distinct, tableRows };
}

/** Rows of an inner join: each equality divides the product by the larger number of distinct keys. */
export function joinedRows(left: Estimate, right: Estimate, condition: Expression | undefined, leftIds: ReadonlySet<number>): number {
  let rows = left.rows * right.rows;
  const visit = (part: Expression | undefined): void => {
    if (part?.kind !== "call") return;
    if (part.name === "and") return part.args.forEach(visit);
    const [a, b] = part.args;
    if (part.name !== "=" || a === undefined || b === undefined) {
      rows *= 0.33;
      return;
    }
    const onLeft = a.kind === "attribute" && leftIds.has(a.exprId);
    const [leftKey, rightKey] = onLeft ? [a, b] : [b, a];
    rows /= keyCount(leftKey, rightKey, left, right);
  };
  visit(condition);
  return Math.max(1, rows);
}

/**
 * Distinct keys of a join. Where nothing is known one side is taken for a table's key, which the smaller table's is more likely: it has as
 * many values as the table has rows, filters left aside. Text is seldom a key: of it a table has far fewer values (a state, a marital status).
 */
function keyCount(left: Expression, right: Expression, leftSize: Estimate, rightSize: Estimate): number {
  const known = [knownKeys(left, leftSize), knownKeys(right, rightSize)].filter((count) => count !== undefined);
  if (known.length > 0) return Math.max(1, ...known);
  const keys = Math.min(tableRows(left, leftSize), tableRows(right, rightSize));
  return Math.max(1, typeOf(left).kind === "string" ? Math.sqrt(keys) : keys);
}

function knownKeys(key: Expression, input: Estimate): number | undefined {
  return key.kind === "attribute" ? input.distinct.get(key.exprId) : undefined;
}

function tableRows(key: Expression, input: Estimate): number {
  return (key.kind === "attribute" ? input.tableRows.get(key.exprId) : undefined) ?? input.rows;
}
