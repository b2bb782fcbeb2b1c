import { booleanType, integerType } from "@vonk/columnar/internal";
import {
  aggregateCall,
  alias,
  call,
  conjunction,
  isNullable,
  mapChildren,
  mapPlanChildren,
  mapPlanExpressions,
  outputOf,
  toAttribute,
  transformDown,
  typeOf,
  type Aggregate,
  type Alias,
  type Deduplicate,
  type Distinct,
  type Expression,
  type LogicalPlan,
  type NamedExpression,
  type SetOperation,
} from "@vonk/dataframe/internal";
import { isCollated, withoutCollations } from "@vonk/expression/internal";
import { expressionKey } from "../../../tree/expression-key.ts";
import type { Rule } from "../../rule.ts";

/**
 * Groups, joins and partitions by the keys of text under collations, which are equal by bytes when the texts are equal under the collation. Operators hash
 * and compare keys by bytes: without the rule `GROUP BY c` would make two groups of 'a' and 'A' under UTF8_LCASE. What comes out of a group is the text
 * of its first row. Comparisons outside of joins and orders know collations themselves.
 * @see Spark's RewriteCollationJoin, and CollationKey in its aggregates
 */
export const compareByKey: Rule = { name: "RewriteCollations", needed: true, apply: rewrite };

function rewrite(plan: LogicalPlan): LogicalPlan {
  const inner = mapPlanChildren(plan, rewrite);
  switch (inner.kind) {
    case "join": {
      if (inner.condition === undefined) return inner;
      const condition = equalByKey(inner.condition);
      return condition === inner.condition ? inner : { ...inner, condition };
    }
    case "aggregate": {
      const counted = mapPlanExpressions(inner, countedByKey);
      return counted.kind === "aggregate" && counted.groupings.some(isCollatedValue) ? groupedByKey(counted) : counted;
    }
    case "distinct":
      return outputOf(inner).some(isCollatedValue) ? rewrite(asAggregate(inner)) : inner;
    case "deduplicate":
      return inner.keys.some(isCollatedValue) ? rewrite(firstOfKeys(inner)) : inner;
    case "setOperation":
      return outputOf(inner).some(isCollatedValue) ? setByKey(inner) : inner;
    case "window": {
      if (!inner.partitionBy.some(isCollatedValue)) return inner;
      return { ...inner, partitionBy: inner.partitionBy.map(keyOf) };
    }
    case "repartition": {
      if (!inner.expressions.some(isCollatedValue)) return inner;
      return { ...inner, expressions: inner.expressions.map(keyOf) };
    }
    default:
      return inner;
  }
}

function isCollatedValue(expression: Expression): boolean {
  return isCollated(typeOf(expression));
}

function keyOf(expression: Expression): Expression {
  if (!isCollatedValue(expression)) return expression;
  return call("collation_key", [expression], withoutCollations(typeOf(expression)), { nullable: isNullable(expression) });
}

/** Equalities of texts as equalities of their keys. */
function equalByKey(condition: Expression): Expression {
  if (condition.kind === "call" && (condition.name === "=" || condition.name === "<=>") && condition.args.some(isCollatedValue)) {
    return { ...condition, args: condition.args.map(keyOf) };
  }
  return condition.kind === "call" && condition.name === "and" ? mapChildren(condition, equalByKey) : condition;
}

/** Texts that are grouped by get columns of a projection below, whose ids are not those of what comes out: keys and firsts are of these. */
function groupedByKey(aggregate: Aggregate): LogicalPlan {
  const firsts = new Map<string, Expression>();
  const texts: Alias[] = [];
  const groupings = aggregate.groupings.map((grouping) => {
    if (!isCollatedValue(grouping)) return grouping;
    const text = alias(grouping, "text");
    const column = toAttribute(text);
    texts.push(text);
    const first = aggregateCall("first", [column], column.dataType, { nullable: column.nullable });
    firsts.set(expressionKey(grouping), first);
    return keyOf(column);
  });
  const ofGroup = (node: Expression): Expression => {
    if (node.kind === "aggregate") return node;
    return firsts.get(expressionKey(node)) ?? mapChildren(node, ofGroup);
  };
  const aggregates = aggregate.aggregates.map((item) => {
    if (item.kind === "alias") return { ...item, child: ofGroup(item.child) };
    const first = firsts.get(expressionKey(item));
    // The column keeps its id, under which everything above knows it.
    return first === undefined || item.kind !== "attribute"
      ? item
      : alias(first, item.name, { exprId: item.exprId, qualifier: item.qualifier });
  });
  const child: LogicalPlan = { kind: "project", projections: [...outputOf(aggregate.child), ...texts], child: aggregate.child };
  return { ...aggregate, groupings, aggregates, child };
}

/** Different texts are counted by their keys. */
function countedByKey(expression: Expression): Expression {
  return transformDown(expression, (node) =>
    node.kind === "aggregate" && node.distinct && node.name === "count" && node.args.some(isCollatedValue)
      ? { ...node, args: node.args.map(keyOf) }
      : node,
  );
}

function asAggregate({ child }: Distinct): Aggregate {
  const columns: readonly NamedExpression[] = outputOf(child).map(toAttribute);
  return { kind: "aggregate", groupings: columns, aggregates: columns, child };
}

/** The first row of each key as a group by the keys: its columns are those of its first row. */
function firstOfKeys({ keys, child }: Deduplicate): Aggregate {
  const known = new Set(keys.map(expressionKey));
  const aggregates = outputOf(child).map((column): NamedExpression => {
    if (known.has(expressionKey(column))) return column;
    const first = aggregateCall("first", [column], column.dataType, { nullable: column.nullable });
    return alias(first, column.name, { exprId: column.exprId, qualifier: column.qualifier });
  });
  return { kind: "aggregate", groupings: keys, aggregates, child };
}

/**
 * INTERSECT and EXCEPT as joins by keys: rows of the left side that have, or have not, an equal one on the right. With ALL equal rows are numbered on both
 * sides, and the first belongs to the first.
 */
function setByKey({ operation, all, left, right }: SetOperation): LogicalPlan {
  const columns = outputOf(left);
  const [from, to] = all ? [numbered(left), numbered(right)] : [left, right];
  const others = outputOf(to);
  const equalities = outputOf(from).map((column, index) => {
    const other = others[index] ?? column;
    return call("<=>", [keyOf(column), keyOf(other)], booleanType, { nullable: false });
  });
  const joinType = operation === "intersect" ? "semi" : "anti";
  const join: LogicalPlan = { kind: "join", left: from, right: to, joinType, lateral: false, condition: conjunction(equalities) };
  return all ? { kind: "project", projections: columns, child: join } : rewrite({ kind: "distinct", child: join });
}

/** Each row with its number among those that are equal. */
function numbered(child: LogicalPlan): LogicalPlan {
  const partitionBy = outputOf(child).map(keyOf);
  const number = aggregateCall("row_number", [], integerType, { nullable: false });
  const frame = { unit: "rows", lower: { kind: "unbounded" }, upper: { kind: "current" } } as const;
  const item = alias({ kind: "window", function: number, partitionBy, orderBy: [], frame }, "number");
  return { kind: "window", windowExpressions: [item], partitionBy, orderBy: [], child };
}
