import { assert } from "@vonk/common/internal";
import type { Attribute, Expression } from "../expression/expression.ts";
import { toAttribute } from "../expression/factories.ts";
import type { Join, LogicalPlan } from "./logical-plan.ts";

const outputs = new WeakMap<LogicalPlan, readonly Attribute[]>();

/** The columns of a resolved plan, in order. Computed once a node. */
export function outputOf(plan: LogicalPlan): readonly Attribute[] {
  let output = outputs.get(plan);
  if (output === undefined) {
    output = computeOutput(plan);
    outputs.set(plan, output);
  }
  return output;
}

function computeOutput(plan: LogicalPlan): readonly Attribute[] {
  switch (plan.kind) {
    case "localRelation":
    case "range":
    case "table":
    case "cteRelation":
    case "shared":
    case "expand":
      return plan.output;
    case "project":
      return plan.projections.map(named);
    case "aggregate":
      return plan.aggregates.map(named);
    case "window":
      return [...outputOf(plan.child), ...plan.windowExpressions.map(named)];
    case "generate":
      return [...outputOf(plan.child), ...plan.generatorOutput.map((column) => (plan.outer ? asNullable(column) : column))];
    case "join":
      return joinOutput(plan);
    case "subqueryAlias":
      return outputOf(plan.child).map((column, index) => ({
        ...column,
        qualifier: plan.alias,
        name: plan.columnNames[index] ?? column.name,
      }));
    case "union":
      return unionOutput(plan.children);
    case "setOperation":
      return outputOf(plan.left);
    case "oneRow":
    case "command":
      return [];
    case "filter":
    case "sort":
    case "limit":
    case "offset":
    case "tail":
    case "distinct":
    case "deduplicate":
    case "sample":
    case "repartition":
    case "withCTE":
    case "windowDefinitions":
    case "unresolvedHaving":
    case "unresolvedHint":
    case "unresolvedWith":
      return outputOf(plan.child);
    default:
      assert(false, `${plan.kind} has no columns before analysis`);
  }
}

function named(expression: Expression): Attribute {
  assert(expression.kind === "alias" || expression.kind === "attribute", "a plan's results are aliases or attributes");
  return toAttribute(expression);
}

function joinOutput(plan: Join): readonly Attribute[] {
  const left = outputOf(plan.left);
  switch (plan.joinType) {
    case "semi":
    case "anti":
      return left;
    case "existence":
      return plan.exists === undefined ? left : [...left, plan.exists];
    case "left":
      return [...left, ...outputOf(plan.right).map(asNullable)];
    case "right":
      return [...left.map(asNullable), ...outputOf(plan.right)];
    case "full":
      return [...left, ...outputOf(plan.right)].map(asNullable);
    default:
      return [...left, ...outputOf(plan.right)];
  }
}

function asNullable(column: Attribute): Attribute {
  return column.nullable ? column : { ...column, nullable: true };
}

/** The first child's columns; each can be null when it can be in some child. */
function unionOutput(children: readonly LogicalPlan[]): readonly Attribute[] {
  const [first = [], ...rest] = children.map(outputOf);
  return first.map((column, index) => (rest.some((other) => other[index]?.nullable === true) ? asNullable(column) : column));
}
