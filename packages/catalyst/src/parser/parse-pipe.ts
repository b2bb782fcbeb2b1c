import type { Expression, LogicalPlan } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { parseSelectItem } from "./parse-alias.ts";
import { parseExpression } from "./parse-expression.ts";
import { parsePivots } from "./parse-pivot.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** Clauses of queries that pipes have too. */
export interface QueryClauses {
  readonly where: (cursor: TokenCursor, child: LogicalPlan) => LogicalPlan;
  /** ORDER BY … LIMIT. */
  readonly organization: (cursor: TokenCursor, child: LogicalPlan) => LogicalPlan;
  /** WINDOW name AS (…), when it stands here. */
  readonly windows: (cursor: TokenCursor, child: LogicalPlan) => LogicalPlan;
  readonly sample: (cursor: TokenCursor, child: LogicalPlan) => LogicalPlan;
  /** One join to what is on the left; undefined when none stands here. */
  readonly join: (cursor: TokenCursor, left: LogicalPlan) => LogicalPlan | undefined;
  /** One UNION, EXCEPT or INTERSECT; undefined when none stands here. */
  readonly setOperation: (cursor: TokenCursor, left: LogicalPlan) => LogicalPlan | undefined;
}

const everything: Expression = { kind: "unresolvedStar", target: [], except: [] };

/**
 * One step of a pipe, `|> WHERE …`, over what stands before it.
 * @throws AnalysisError PARSE_SYNTAX_ERROR, MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS
 */
export function parsePipe(cursor: TokenCursor, input: LogicalPlan, clauses: QueryClauses): LogicalPlan {
  cursor.expectSign("|>");
  const start = cursor.position;
  if (cursor.take("SELECT")) return parsePipedSelect(cursor, input, clauses, start);
  if (cursor.take("EXTEND")) {
    const added = cursor.list(() => parseSelectItem(cursor));
    const plan: LogicalPlan = {
      kind: "project",
      projections: [everything, ...added],
      child: input,
      pipe: "EXTEND",
      origin: cursor.originFrom(start),
    };
    return clauses.windows(cursor, plan);
  }
  if (cursor.take("AGGREGATE")) return parsePipedAggregate(cursor, input, start);
  const child = bounded(input);
  if (cursor.take("SET")) {
    // Each assignment sees those before it.
    return cursor
      .list(() => parseAssignment(cursor))
      .reduce<LogicalPlan>((plan, column) => ({ kind: "unresolvedOperation", operation: column, child: plan }), child);
  }
  if (cursor.take("DROP")) {
    const columns = cursor.list(() => parseColumn(cursor));
    return { kind: "unresolvedOperation", operation: { kind: "drop", names: [], columns }, child };
  }
  if (cursor.take("AS")) return { kind: "subqueryAlias", alias: [cursor.name()], columnNames: [], child: input };
  if (cursor.at("WHERE")) return clauses.where(cursor, child);
  if (cursor.at("TABLESAMPLE")) return clauses.sample(cursor, child);
  if (cursor.at("PIVOT") || cursor.at("UNPIVOT")) return parsePivots(cursor, child);
  return clauses.join(cursor, child) ?? clauses.setOperation(cursor, input) ?? parseOneClause(cursor, child, clauses);
}

/** What stands before a step is a table of its own: later names cannot reach behind it. */
function bounded(input: LogicalPlan): LogicalPlan {
  if (input.kind === "subqueryAlias" || input.kind === "unresolvedRelation") return input;
  return { kind: "subqueryAlias", alias: [], columnNames: [], child: input };
}

function parsePipedSelect(cursor: TokenCursor, input: LogicalPlan, clauses: QueryClauses, start: number): LogicalPlan {
  const distinct = cursor.take("DISTINCT");
  const projections = cursor.list(() => parseSelectItem(cursor));
  const project: LogicalPlan = { kind: "project", projections, child: input, pipe: "SELECT", origin: cursor.originFrom(start) };
  return clauses.windows(cursor, distinct ? { kind: "distinct", child: project } : project);
}

/** `AGGREGATE [item, …] [GROUP BY item, …]`: groups come first in the result; numbers mean columns of the input. */
function parsePipedAggregate(cursor: TokenCursor, child: LogicalPlan, start: number): LogicalPlan {
  const aggregates = cursor.at("GROUP") ? [] : cursor.list(() => parseSelectItem(cursor));
  const groupings = cursor.take("GROUP", "BY") ? cursor.list(() => parseSelectItem(cursor)) : [];
  return { kind: "aggregate", groupings, aggregates, child, piped: true, origin: cursor.originFrom(start) };
}

function parseColumn(cursor: TokenCursor): Expression {
  const start = cursor.position;
  return { kind: "unresolvedAttribute", nameParts: [cursor.name()], origin: cursor.originFrom(start) };
}

function parseAssignment(cursor: TokenCursor): Extract<LogicalPlan, { kind: "unresolvedOperation" }>["operation"] {
  const start = cursor.position;
  const name = cursor.name();
  const origin = cursor.originFrom(start);
  cursor.expectSign("=");
  return { kind: "withColumns", columns: [{ name, expression: parseExpression(cursor) }], existing: origin };
}

const resultClauses: readonly (readonly string[])[] = [
  ["ORDER", "BY"],
  ["SORT", "BY"],
  ["DISTRIBUTE", "BY"],
  ["CLUSTER", "BY"],
  ["WINDOW"],
  ["LIMIT"],
  ["OFFSET"],
];

/** ORDER BY, LIMIT and their like, one a step; LIMIT and OFFSET go together. */
function parseOneClause(cursor: TokenCursor, child: LogicalPlan, clauses: QueryClauses): LogicalPlan {
  const start = cursor.position;
  const first = resultClauses.find((words) => cursor.at(...words));
  if (first === undefined) throw cursor.unexpected();
  const limits = first[0] === "LIMIT" || first[0] === "OFFSET";
  const plan = clauses.organization(cursor, child);
  const next = resultClauses.find((words) => cursor.at(...words));
  const clause1 = first.join(" ");
  const clause2 = next?.join(" ") ?? (limits ? undefined : clauseBelow(plan, clause1));
  if (clause2 === undefined) return plan;
  throw analysisError("MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS", { clause1, clause2 }, cursor.originFrom(start));
}

/** The clause that was read behind the first. */
function clauseBelow(plan: LogicalPlan, first: string): string | undefined {
  if (plan.kind === "limit" || (plan.kind === "unresolvedHint" && plan.name === "LIMIT ALL")) return "LIMIT";
  if (plan.kind === "offset") return "OFFSET";
  if (plan.kind === "windowDefinitions" && first !== "WINDOW") return "WINDOW";
  return plan.kind === "sort" && !plan.global && first === "DISTRIBUTE BY" ? "SORT BY" : undefined;
}
