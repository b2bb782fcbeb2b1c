import {
  unresolvedFunction,
  type CommonTable,
  type Expression,
  type Join,
  type JoinType,
  type LogicalPlan,
  type UnresolvedRelation,
  type WindowSpecification,
} from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { HintEnd, HintStart, NumberToken, Word } from "./lexer.ts";
import { parseArgument } from "./parse-call.ts";
import { parseExpression } from "./parse-expression.ts";
import { parseSortItem, parseWindowSpecification } from "./parse-window.ts";
import { atAlias, parseSelectItem, parseTableAlias } from "./parse-alias.ts";
import { parsePipe, type QueryClauses } from "./parse-pipe.ts";
import { parsePivots } from "./parse-pivot.ts";
import type { TokenCursor } from "./token-cursor.ts";

/*
 * Queries. WITH and ORDER BY … LIMIT stand around set operations, which stand around SELECT, VALUES, TABLE and parentheses.
 * INTERSECT binds tighter than UNION and EXCEPT.
 */

/** A whole query. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseQuery(cursor: TokenCursor): LogicalPlan {
  const start = cursor.position;
  const tables = cursor.at("WITH") ? parseCommonTables(cursor) : undefined;
  let plan = parseOrganization(cursor, parseSetOperations(cursor));
  while (cursor.isSign("|>")) plan = parsePipe(cursor, plan, clauses);
  if (tables === undefined) return plan;
  if (!tables.recursive && tables.tables.some((table) => table.levelMax !== undefined)) {
    const message = "Cannot specify MAX RECURSION LEVEL when the CTE is not marked as RECURSIVE";
    throw analysisError("_LEGACY_ERROR_TEMP_0035", { message }, cursor.originFrom(start));
  }
  return Object.freeze({ kind: "unresolvedWith", ...tables, child: plan, origin: cursor.originFrom(start) });
}

/** The tables of WITH. */
export function parseCommonTables(cursor: TokenCursor): { readonly tables: CommonTable[]; readonly recursive: boolean } {
  cursor.expect("WITH");
  const recursive = cursor.take("RECURSIVE");
  const tables = cursor.list(() => {
    const start = cursor.position;
    const name = cursor.name();
    const columnNames = cursor.isSign("(") ? cursor.parenthesised(() => cursor.name()) : [];
    const levelMax = cursor.take("MAX", "RECURSION", "LEVEL") ? Number(cursor.next().image) : undefined;
    cursor.take("AS");
    cursor.expectSign("(");
    const plan = parseQuery(cursor);
    cursor.expectSign(")");
    return { name, columnNames, plan, origin: cursor.originFrom(start), ...(levelMax === undefined ? {} : { levelMax }) };
  });
  return { tables, recursive };
}

/** ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY, WINDOW, LIMIT, OFFSET behind a query. */
function parseOrganization(cursor: TokenCursor, query: LogicalPlan): LogicalPlan {
  let plan = query;
  let limit: Expression | undefined;
  const start = cursor.position;
  if (cursor.take("ORDER", "BY")) plan = parseSort(cursor, plan, true);
  else if (cursor.take("CLUSTER", "BY")) {
    const expressions = cursor.list(() => parseExpression(cursor));
    const order = expressions.map((child): Expression => ({ kind: "sortOrder", child, ascending: true, nullsFirst: true }));
    plan = { kind: "sort", order, global: false, child: { kind: "repartition", expressions, shuffle: true, child: plan } };
  } else {
    if (cursor.take("DISTRIBUTE", "BY"))
      plan = { kind: "repartition", expressions: cursor.list(() => parseExpression(cursor)), shuffle: true, child: plan };
    if (cursor.take("SORT", "BY")) plan = parseSort(cursor, plan, false);
  }
  if (cursor.at("WINDOW")) plan = parseWindows(cursor, plan);
  const limited = cursor.take("LIMIT");
  if (limited && cursor.take("ALL")) plan = { kind: "unresolvedHint", name: "LIMIT ALL", args: [], child: plan };
  else if (limited) limit = parseExpression(cursor);
  const offset = cursor.take("OFFSET") ? parseExpression(cursor) : undefined;
  const origin = cursor.originFrom(start);
  if (offset !== undefined) plan = { kind: "offset", offset, child: plan, origin };
  return limit === undefined ? plan : { kind: "limit", limit, child: plan, origin };
}

function parseSort(cursor: TokenCursor, child: LogicalPlan, global: boolean): LogicalPlan {
  const start = cursor.position;
  if (cursor.at("ALL") && !cursor.isSign(".", 1) && !cursor.isSign(",", 1)) {
    cursor.next();
    const ascending = cursor.take("DESC") ? false : (cursor.take("ASC"), true);
    const nullsFirst = cursor.take("NULLS", "FIRST") ? true : cursor.take("NULLS", "LAST") ? false : ascending;
    return { kind: "sort", order: [], global, child, orderByAll: { ascending, nullsFirst }, origin: cursor.originFrom(start) };
  }
  return { kind: "sort", order: cursor.list(() => parseSortItem(cursor)), global, child, origin: cursor.originFrom(start) };
}

function parseWindows(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  cursor.expect("WINDOW");
  const definitions = cursor.list((): { name: string; specification: WindowSpecification } => {
    const name = cursor.name();
    cursor.expect("AS");
    if (cursor.isSign("(")) return { name, specification: parseWindowSpecification(cursor) };
    return { name, specification: { base: cursor.name(), partitionBy: [], orderBy: [] } };
  });
  return { kind: "windowDefinitions", definitions, child };
}

function parseSetOperations(cursor: TokenCursor): LogicalPlan {
  const start = cursor.position;
  let left = parseIntersections(cursor);
  for (;;) {
    const combined = parseSetOperation(cursor, start, left, parseIntersections);
    if (combined === undefined) return left;
    left = combined;
  }
}

/** UNION or EXCEPT behind what is on the left; undefined when neither stands here. */
function parseSetOperation(
  cursor: TokenCursor,
  start: number,
  left: LogicalPlan,
  operand: (cursor: TokenCursor) => LogicalPlan,
): LogicalPlan | undefined {
  const isUnion = cursor.take("UNION");
  if (!isUnion && !cursor.take("EXCEPT") && !cursor.take("MINUS") && !cursor.take("SETMINUS")) return undefined;
  const all = cursor.take("ALL") || (cursor.take("DISTINCT"), false);
  const byName = cursor.take("BY", "NAME");
  return combine(cursor, start, isUnion ? "union" : "except", all, byName, left, operand(cursor));
}

function combine(
  cursor: TokenCursor,
  start: number,
  operation: "union" | "except",
  all: boolean,
  byName: boolean,
  left: LogicalPlan,
  right: LogicalPlan,
): LogicalPlan {
  const origin = cursor.originFrom(start);
  if (operation === "except") return { kind: "setOperation", operation, all, left, right, origin };
  const union: LogicalPlan = { kind: "union", children: [left, right], byName, allowMissingColumns: false, origin };
  return all ? union : { kind: "distinct", child: union, origin };
}

function parseIntersections(cursor: TokenCursor): LogicalPlan {
  const start = cursor.position;
  let left = parseQueryPrimary(cursor);
  while (cursor.take("INTERSECT")) {
    const all = cursor.take("ALL") || (cursor.take("DISTINCT"), false);
    left = { kind: "setOperation", operation: "intersect", all, left, right: parseQueryPrimary(cursor), origin: cursor.originFrom(start) };
  }
  return left;
}

function parseQueryPrimary(cursor: TokenCursor): LogicalPlan {
  if (cursor.takeSign("(")) {
    const plan = parseQuery(cursor);
    cursor.expectSign(")");
    return plan;
  }
  if (cursor.at("VALUES")) return parseInlineTable(cursor);
  if (cursor.take("TABLE")) return relation(cursor, cursor.position);
  if (cursor.at("SELECT") || cursor.at("FROM")) return parseSelect(cursor);
  throw cursor.unexpected(": expected a query");
}

function parseInlineTable(cursor: TokenCursor): LogicalPlan {
  const start = cursor.position;
  cursor.expect("VALUES");
  const rows = cursor.list(() => {
    const row = parseExpression(cursor);
    return row.kind === "unresolvedFunction" && row.nameParts[0] === "struct" && cursor.textFrom(start).trimEnd().endsWith(")")
      ? row.args
      : [row];
  });
  const plan: LogicalPlan = { kind: "unresolvedInlineTable", names: [], rows, origin: cursor.originFrom(start) };
  return parseTableAlias(cursor, plan, start);
}

/** SELECT … FROM … WHERE … GROUP BY … HAVING …, or with FROM first. */
function parseSelect(cursor: TokenCursor): LogicalPlan {
  const start = cursor.position;
  const early = cursor.take("FROM") ? parseFrom(cursor) : undefined;
  if (early !== undefined && !cursor.at("SELECT")) return parseWhere(cursor, early);
  cursor.expect("SELECT");
  const hints = parseHints(cursor);
  const distinct = cursor.take("DISTINCT") || (cursor.take("ALL"), false);
  const projections = cursor.list(() => parseSelectItem(cursor));
  const source = early ?? (cursor.take("FROM") ? parseFrom(cursor) : ({ kind: "oneRow" } satisfies LogicalPlan));
  const filtered = parseWhere(cursor, parseLateralViews(cursor, source));
  let plan = parseGrouping(cursor, projections, filtered, start);
  if (cursor.take("HAVING")) plan = { kind: "unresolvedHaving", form: "having", condition: parseExpression(cursor), child: plan };
  if (cursor.take("QUALIFY")) plan = { kind: "unresolvedHaving", form: "qualify", condition: parseExpression(cursor), child: plan };
  if (distinct) plan = { kind: "distinct", child: plan };
  if (cursor.at("WINDOW")) plan = parseWindows(cursor, plan);
  return hints.reduce<LogicalPlan>((child, hint) => ({ kind: "unresolvedHint", ...hint, child }), plan);
}

function parseHints(cursor: TokenCursor): { readonly name: string; readonly args: Expression[] }[] {
  const hints: { name: string; args: Expression[] }[] = [];
  while (cursor.isKind(HintStart)) {
    cursor.next();
    while (!cursor.isKind(HintEnd)) {
      const name = cursor.name();
      hints.push({ name, args: cursor.isSign("(") ? cursor.parenthesised(() => parseExpression(cursor)) : [] });
      cursor.takeSign(",");
    }
    cursor.next();
  }
  return hints;
}

function parseWhere(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.position;
  if (!cursor.take("WHERE")) return child;
  return { kind: "filter", condition: parseExpression(cursor), child, origin: cursor.originFrom(start) };
}

function parseGrouping(cursor: TokenCursor, projections: Expression[], child: LogicalPlan, start: number): LogicalPlan {
  const from = cursor.position;
  if (!cursor.take("GROUP", "BY")) return { kind: "project", projections, child, origin: cursor.originFrom(start) };
  if (cursor.at("ALL") && !cursor.isSign(".", 1)) {
    cursor.next();
    return { kind: "aggregate", groupings: [], aggregates: projections, child, groupByAll: true, origin: cursor.originFrom(start) };
  }
  let groupings = cursor.list(() => parseGroupingItem(cursor));
  const analytic = cursor.take("WITH", "ROLLUP") ? "rollup" : cursor.take("WITH", "CUBE") ? "cube" : undefined;
  if (analytic !== undefined) groupings = [unresolvedFunction(analytic, groupings)];
  // The older form: the list only names what the sets are made of.
  else if (cursor.at("GROUPING", "SETS")) groupings = [listedSets(groupings, parseGroupingItem(cursor))];
  refuseEmptySets(cursor, groupings, from);
  return { kind: "aggregate", groupings, aggregates: projections, child, origin: cursor.originFrom(start) };
}

/** `a, b GROUPING SETS (…)`: the list comes first among the sets, under a name of its own. */
function listedSets(listed: readonly Expression[], sets: Expression): Expression {
  const args = sets.kind === "unresolvedFunction" ? sets.args : [sets];
  return unresolvedFunction(["grouping sets", "listed"], [unresolvedFunction("grouping set", listed), ...args]);
}

/** ROLLUP and CUBE have the empty set anyway. @throws AnalysisError _LEGACY_ERROR_TEMP_0051 */
function refuseEmptySets(cursor: TokenCursor, groupings: readonly Expression[], start: number): void {
  for (const item of groupings) {
    if (item.kind !== "unresolvedFunction" || (item.nameParts[0] !== "rollup" && item.nameParts[0] !== "cube")) continue;
    const isEmpty = (set: Expression): boolean =>
      set.kind === "unresolvedFunction" && set.nameParts[0] === "grouping set" && set.args.length === 0;
    if (!item.args.some(isEmpty)) continue;
    throw analysisError("_LEGACY_ERROR_TEMP_0051", { element: item.nameParts[0].toUpperCase() }, cursor.originFrom(start));
  }
}

/** An expression, or ROLLUP, CUBE, GROUPING SETS as calls of these names; a set is a call of `grouping set`. */
function parseGroupingItem(cursor: TokenCursor): Expression {
  const set = (): Expression => {
    if (!cursor.isSign("(")) return unresolvedFunction("grouping set", [parseExpression(cursor)]);
    const start = cursor.position;
    const members = cursor.parenthesised(() => parseExpression(cursor));
    if (cursor.isSign(",") || cursor.isSign(")")) return unresolvedFunction("grouping set", members);
    cursor.rewind(start);
    return unresolvedFunction("grouping set", [parseExpression(cursor)]);
  };
  for (const word of ["ROLLUP", "CUBE"]) {
    if (cursor.isWord(word) && cursor.isSign("(", 1)) {
      cursor.next();
      return unresolvedFunction(word.toLowerCase(), cursor.parenthesised(set));
    }
  }
  if (cursor.take("GROUPING", "SETS")) {
    const element = (): Expression =>
      cursor.isWord("ROLLUP") || cursor.isWord("CUBE") || cursor.at("GROUPING", "SETS") ? parseGroupingItem(cursor) : set();
    return unresolvedFunction("grouping sets", cursor.parenthesised(element));
  }
  return parseExpression(cursor);
}

/** Tables and joins; commas are cross joins. */
function parseFrom(cursor: TokenCursor): LogicalPlan {
  let plan = parseJoined(cursor);
  while (cursor.takeSign(",")) {
    const lateral = cursor.at("LATERAL") && !cursor.isWord("VIEW", 1);
    const right = parseJoined(cursor);
    plan = { kind: "join", left: plan, right, joinType: "inner", lateral };
  }
  return parsePivots(cursor, parseLateralViews(cursor, plan));
}

function parseJoined(cursor: TokenCursor): LogicalPlan {
  let left = parseTable(cursor);
  for (;;) {
    const joined = parseJoinTail(cursor, left);
    if (joined === undefined) return left;
    left = joined;
  }
}

/** `JOIN table ON …` behind what is on the left; undefined when no join stands here. */
function parseJoinTail(cursor: TokenCursor, left: LogicalPlan): LogicalPlan | undefined {
  const start = cursor.position;
  const natural = cursor.take("NATURAL");
  const joinType = parseJoinType(cursor);
  if (joinType === undefined) {
    if (natural) throw cursor.unexpected(": expected JOIN");
    return undefined;
  }
  const lateral = cursor.at("LATERAL") && !cursor.isWord("VIEW", 1);
  const right = parseTable(cursor);
  const join: Join = { kind: "join", left, right, joinType, lateral };
  return withCriteria(cursor, join, natural, start);
}

function withCriteria(cursor: TokenCursor, join: Join, natural: boolean, start: number): LogicalPlan {
  if (natural) return { ...join, using: "natural", origin: cursor.originFrom(start) };
  if (cursor.take("ON")) {
    const condition = parseExpression(cursor);
    return { ...join, condition, origin: cursor.originFrom(start) };
  }
  if (cursor.take("USING")) {
    const using = cursor.parenthesised(() => cursor.name());
    return { ...join, using, origin: cursor.originFrom(start) };
  }
  return { ...join, origin: cursor.originFrom(start) };
}

function parseJoinType(cursor: TokenCursor): JoinType | undefined {
  const forms: readonly (readonly [readonly string[], JoinType])[] = [
    [["JOIN"], "inner"],
    [["INNER", "JOIN"], "inner"],
    [["CROSS", "JOIN"], "cross"],
    [["LEFT", "OUTER", "JOIN"], "left"],
    [["LEFT", "SEMI", "JOIN"], "semi"],
    [["LEFT", "ANTI", "JOIN"], "anti"],
    [["LEFT", "JOIN"], "left"],
    [["RIGHT", "OUTER", "JOIN"], "right"],
    [["RIGHT", "JOIN"], "right"],
    [["FULL", "OUTER", "JOIN"], "full"],
    [["FULL", "JOIN"], "full"],
    [["SEMI", "JOIN"], "semi"],
    [["ANTI", "JOIN"], "anti"],
  ];
  return forms.find(([words]) => cursor.take(...words))?.[1];
}

function parseTable(cursor: TokenCursor): LogicalPlan {
  cursor.take("LATERAL");
  const start = cursor.position;
  if (cursor.isSign("(")) return parseParenthesisedTable(cursor);
  if (cursor.at("VALUES")) return parseInlineTable(cursor);
  if (cursor.atIdentifierClause) {
    const nameParts = cursor.nameParts();
    if (cursor.isSign("(")) return parseTableFunction(cursor, nameParts, start);
    const named: LogicalPlan = { kind: "unresolvedRelation", nameParts, options: {}, origin: cursor.originFrom(start) };
    return parsePivots(cursor, parseTableAlias(cursor, parseSample(cursor, named)));
  }
  if (cursor.isKind(Word) && (cursor.isSign("(", 1) || isQualifiedCall(cursor)))
    return parseTableFunction(cursor, cursor.nameParts(), start);
  return parsePivots(cursor, parseTableAlias(cursor, parseSample(cursor, relation(cursor, start))));
}

/** `schema.function(`, with any number of qualifiers. */
function isQualifiedCall(cursor: TokenCursor): boolean {
  let at = 1;
  while (cursor.isSign(".", at)) at += 2;
  return at > 1 && cursor.isSign("(", at);
}

function parseTableFunction(cursor: TokenCursor, nameParts: readonly string[], start: number): LogicalPlan {
  const args = cursor.parenthesised(() => parseArgument(cursor));
  const rows: LogicalPlan = { kind: "unresolvedTableFunction", nameParts, args, origin: cursor.originFrom(start) };
  return parsePivots(cursor, parseTableAlias(cursor, parseSample(cursor, rows)));
}

function parseParenthesisedTable(cursor: TokenCursor): LogicalPlan {
  const start = cursor.position;
  cursor.expectSign("(");
  const at = cursor.behindOpens(0);
  const isQuery = ["SELECT", "WITH", "VALUES", "TABLE", "FROM"].some((word) => cursor.isWord(word, at));
  const plan = isQuery ? queryOrTable(cursor, start) : parseFrom(cursor);
  cursor.expectSign(")");
  return parsePivots(cursor, parseTableAlias(cursor, parseSample(cursor, plan)));
}

/** `((select …) t join u …)` begins like a query and is none. */
function queryOrTable(cursor: TokenCursor, start: number): LogicalPlan {
  const inside = cursor.position;
  const plan = parseQuery(cursor);
  if (cursor.isSign(")")) return plan;
  cursor.rewind(inside);
  if (start < 0) return plan;
  return parseFrom(cursor);
}

function relation(cursor: TokenCursor, start: number): UnresolvedRelation {
  const nameParts = cursor.nameParts();
  return { kind: "unresolvedRelation", nameParts, options: {}, origin: cursor.originFrom(start) };
}

/** `TABLESAMPLE (n PERCENT | n ROWS | BUCKET x OUT OF y) [REPEATABLE (seed)]` @throws AnalysisError _LEGACY_ERROR_TEMP_0064, _LEGACY_ERROR_TEMP_0015 */
function parseSample(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.position;
  if (!cursor.take("TABLESAMPLE")) return child;
  cursor.take("SYSTEM");
  cursor.expectSign("(");
  const size = parseSampleSize(cursor);
  cursor.expectSign(")");
  const seed = cursor.take("REPEATABLE") ? cursor.parenthesised(() => BigInt(cursor.next().image))[0] : undefined;
  if ("rows" in size) return { kind: "limit", limit: size.rows, child };
  const { fraction } = size;
  if (fraction < 0 || fraction > 1) {
    const msg = `Sampling fraction (${fraction}) must be on interval [0, 1]`;
    throw analysisError("_LEGACY_ERROR_TEMP_0064", { msg }, cursor.originFrom(start));
  }
  return { kind: "sample", lower: 0, upper: fraction, withReplacement: false, child, ...(seed === undefined ? {} : { seed }) };
}

function parseSampleSize(cursor: TokenCursor): { readonly rows: Expression } | { readonly fraction: number } {
  if (cursor.take("BUCKET")) {
    const bucket = Number(cursor.next().image);
    cursor.expect("OUT", "OF");
    return { fraction: bucket / Number(cursor.next().image) };
  }
  const negative = cursor.takeSign("-");
  const start = cursor.position;
  const isNumber = cursor.isKind(NumberToken);
  const amount = parseExpression(cursor);
  const number = isNumber ? Number(cursor.textFrom(start).replace(/[A-Za-z]+$/, "")) : Number.NaN;
  if (cursor.take("ROWS")) return { rows: negative ? unresolvedFunction("unary -", [amount]) : amount };
  if (cursor.take("PERCENT") && isNumber) return { fraction: (negative ? -number : number) / 100 };
  if (/^\d+[BKMG]$/i.test(cursor.textFrom(start)))
    throw analysisError("_LEGACY_ERROR_TEMP_0015", { msg: "byteLengthLiteral" }, cursor.originFrom(start));
  throw cursor.unexpected(": expected PERCENT or ROWS");
}

function parseLateralViews(cursor: TokenCursor, source: LogicalPlan): LogicalPlan {
  let plan = source;
  while (cursor.take("LATERAL", "VIEW")) {
    const start = cursor.position;
    const outer = cursor.take("OUTER");
    const name = cursor.nameParts();
    const generator = unresolvedFunction(
      name,
      cursor.parenthesised(() => parseExpression(cursor)),
      { origin: cursor.originFrom(start) },
    );
    const alias = atAlias(cursor) ? cursor.name() : "";
    const names: string[] = [];
    if (cursor.take("AS") || (atAlias(cursor) && alias !== "")) names.push(...cursor.list(() => cursor.name()));
    plan = { kind: "lateralView", generator, outer, alias, names, child: plan };
  }
  return plan;
}

/** What pipes take of the rules above. */
const clauses: QueryClauses = {
  where: parseWhere,
  organization: parseOrganization,
  windows: (cursor, child) => (cursor.at("WINDOW") ? parseWindows(cursor, child) : child),
  sample: parseSample,
  join: parseJoinTail,
  setOperation: parsePipedSetOperation,
};

function parsePipedSetOperation(cursor: TokenCursor, left: LogicalPlan): LogicalPlan | undefined {
  const start = cursor.position;
  if (cursor.take("INTERSECT")) {
    const all = cursor.take("ALL") || (cursor.take("DISTINCT"), false);
    return { kind: "setOperation", operation: "intersect", all, left, right: parseQueryPrimary(cursor), origin: cursor.originFrom(start) };
  }
  return parseSetOperation(cursor, start, left, parseQueryPrimary);
}
