import { conjuncts, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";

/**
 * How many rows a side of a join may have, for the choice of which to build. Pessimistic where the optimiser's estimate multiplies guesses: what
 * comes out of a join of a key and its references is at most the references, less what filters on the other side take away.
 */
export interface JoinSize {
  readonly rows: number;
  /** The rows without filters. */
  readonly base: number;
}

const unknown: JoinSize = { rows: 1e6, base: 1e6 };
/** Groups a row, when nothing is known of the keys. */
const groupShare = 0.25;

/** The size of a plan's result. */
export function joinSize(plan: LogicalPlan): JoinSize {
  switch (plan.kind) {
    case "table": {
      const rows = plan.table.statistics.rowCount ?? plan.table.statistics.sizeBytes / 100;
      return { rows, base: rows };
    }
    case "localRelation":
      return { rows: plan.rows.length, base: plan.rows.length };
    case "oneRow":
      return { rows: 1, base: 1 };
    case "filter": {
      const { rows, base } = joinSize(plan.child);
      return { rows: rows * conjuncts(plan.condition).reduce((share, part) => share * shareOf(part), 1), base };
    }
    case "aggregate": {
      if (plan.groupings.length === 0) return { rows: 1, base: 1 };
      const rows = joinSize(plan.child).rows * groupShare;
      return { rows, base: rows };
    }
    case "join":
      return sizeOfJoin(plan);
    case "project":
    case "distinct":
    case "sort":
    case "subqueryAlias":
    case "repartition":
      return joinSize(plan.child);
    default:
      return unknown;
  }
}

function sizeOfJoin(plan: Extract<LogicalPlan, { kind: "join" }>): JoinSize {
  const left = joinSize(plan.left);
  const right = joinSize(plan.right);
  switch (plan.joinType) {
    case "semi":
      return { rows: left.rows * Math.min(0.5, right.rows / right.base), base: left.base };
    case "anti":
      return { rows: left.rows * 0.5, base: left.base };
    case "inner": {
      const [large, small] = left.base >= right.base ? [left, right] : [right, left];
      return { rows: large.rows * Math.min(1, small.rows / small.base), base: large.base };
    }
    default:
      return { rows: Math.max(left.rows, right.rows), base: Math.max(left.base, right.base) };
  }
}

/** The share of rows that pass a condition. */
function shareOf(condition: Expression): number {
  if (condition.kind !== "call") return 0.5;
  switch (condition.name) {
    case "=":
      return 0.1;
    case "like":
      return 0.1;
    case "in":
      return Math.min(0.5, 0.05 * (condition.args.length - 1));
    case "between":
      return 0.25;
    case "or":
      return Math.min(
        1,
        condition.args.reduce((sum, part) => sum + shareOf(part), 0),
      );
    case "and":
      return condition.args.reduce((share, part) => share * shareOf(part), 1);
    case "not": {
      const [inner] = condition.args;
      return inner === undefined ? 0.5 : 1 - shareOf(inner);
    }
    case "isnotnull":
      return 1;
    default:
      return 0.4;
  }
}
