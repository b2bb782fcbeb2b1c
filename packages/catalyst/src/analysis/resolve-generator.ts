import { longType, structField, type StructField } from "@vonk/columnar/internal";
import {
  attribute,
  newExprId,
  typeOf,
  unresolvedFunction,
  type Attribute,
  type Call,
  type Expression,
  type Generate,
  type Join,
  type LateralView,
  type LogicalPlan,
  type Project,
  type UnresolvedTableFunction,
} from "@vonk/dataframe/internal";
import { compileExpression, findFunction } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import { resolveRoutineTable } from "./resolve-routine-table.ts";
import { castTo } from "./cast-to.ts";
import { resolveExpression } from "./resolve-expression.ts";

/** The call of a generator that a result column is, under whatever name. */
export function generatorOf(expression: Expression): Call | undefined {
  if (expression.kind === "alias" || expression.kind === "multiAlias") return generatorOf(expression.child);
  return expression.kind === "call" && findFunction(expression.name)?.kind === "generator" ? expression : undefined;
}

/** A select list whose generator is computed below it: its columns stand where it stood. */
export function computeGenerator(list: readonly Expression[], child: LogicalPlan): Project {
  const item = list.find((expression) => generatorOf(expression) !== undefined);
  const generator = item === undefined ? undefined : generatorOf(item);
  if (item === undefined || generator === undefined) return { kind: "project", projections: list, child };
  const written = item.kind === "multiAlias" ? item.names : item.kind === "alias" && item.generated !== true ? [item.name] : [];
  const generate = generateOver(child, generator, { names: written, qualifier: [], outer: false });
  const projections = list.flatMap((expression): readonly Expression[] => (expression === item ? generate.generatorOutput : [expression]));
  return { kind: "project", projections, child: generate };
}

interface GeneratorNames {
  readonly names: readonly string[];
  readonly qualifier: readonly string[];
  readonly outer: boolean;
}

function fieldsOf(generator: Expression): readonly StructField[] {
  const type = typeOf(generator);
  return type.kind === "struct" ? type.fields : [structField("col", type)];
}

/** @throws AnalysisError UDTF_ALIAS_NUMBER_MISMATCH when names and columns differ in number */
function generateOver(child: LogicalPlan, generator: Call, { names, qualifier, outer }: GeneratorNames): Generate {
  const fields = fieldsOf(generator);
  if (names.length > 0 && names.length !== fields.length) {
    throw analysisError("UDTF_ALIAS_NUMBER_MISMATCH", { aliasesSize: fields.length, aliasesNames: names.join(",") });
  }
  const generatorOutput = fields.map(({ name, dataType, nullable }, index): Attribute => ({
    ...attribute(names[index] ?? name, dataType, nullable),
    qualifier,
  }));
  return { kind: "generate", generator, outer, generatorOutput, qualifier, child };
}

/** LATERAL VIEW: the rows of a generator beside each row. */
export function resolveLateralView(plan: LateralView, scope: PlanScope): LogicalPlan {
  const child = scope.resolve(plan.child, scope);
  const generator = resolveGenerator(plan.generator, [child], scope);
  return generateOver(child, generator, { names: plan.names, qualifier: plan.alias === "" ? [] : [plan.alias], outer: plan.outer });
}

function resolveGenerator(call: Expression, plans: readonly LogicalPlan[], scope: PlanScope): Call {
  const generator = generatorOf(resolveExpression(call, expressionScope(plans, scope)));
  if (generator !== undefined) return generator;
  throw analysisError("UNSUPPORTED_FEATURE", { what: "A function in place of a generator" }, call.origin);
}

/** A function in FROM: `range`, or a generator of constants. */
export function resolveTableFunction(plan: UnresolvedTableFunction, scope: PlanScope): LogicalPlan {
  const name = plan.nameParts.at(-1) ?? "";
  if (name.toLowerCase() === "range") return resolveRange(plan, scope);
  const routine = findFunction(name) === undefined ? scope.context.routine?.(plan.nameParts) : undefined;
  if (routine?.kind === "sql") return resolveRoutineTable(routine, plan, scope);
  const generate = generateOver({ kind: "oneRow" }, resolveGenerator(asCall(plan), [], scope), { names: [], qualifier: [], outer: false });
  return { kind: "project", projections: generate.generatorOutput, child: generate };
}

function asCall(plan: UnresolvedTableFunction): Expression {
  return unresolvedFunction(plan.nameParts, plan.args, plan.origin === undefined ? {} : { origin: plan.origin });
}

/** `range([start,] end [, step [, partitions]])` */
function resolveRange(plan: UnresolvedTableFunction, scope: PlanScope): LogicalPlan {
  const inner = expressionScope([], scope);
  const numbers = plan.args.map((argument) => {
    const value = compileExpression(castTo(resolveExpression(argument, inner), longType, inner), scope.context.session)([]);
    if (typeof value === "bigint") return value;
    throw analysisError("UNSUPPORTED_FEATURE", { what: "A range without numbers" }, plan.origin);
  });
  const [first = 0n, end, step = 1n, partitions] = numbers;
  if (numbers.length === 0 || numbers.length > 4) {
    throw analysisError(
      "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
      { functionName: "`range`", expectedNum: "[1, 2, 3, 4]", actualNum: numbers.length, docroot: "https://spark.apache.org/docs/latest" },
      plan.origin,
    );
  }
  return {
    kind: "range",
    start: end === undefined ? 0n : first,
    end: end ?? first,
    step,
    output: [{ kind: "attribute", name: "id", dataType: longType, nullable: false, exprId: newExprId(), qualifier: [] }],
    ...(partitions === undefined ? {} : { partitions: Number(partitions) }),
  };
}

/** A lateral join to a generator as the generator's rows beside those of the left; undefined when the right side is something else. */
export function lateralGenerator(plan: Join, left: LogicalPlan, scope: PlanScope): Generate | undefined {
  const { right } = plan;
  const named = right.kind === "subqueryAlias" ? right : undefined;
  const call = named === undefined ? right : named.child;
  if (call.kind !== "unresolvedTableFunction" || findFunction(call.nameParts.at(-1) ?? "")?.kind !== "generator") return undefined;
  const generator = resolveGenerator(asCall(call), [left], scope);
  return generateOver(left, generator, { names: named?.columnNames ?? [], qualifier: named?.alias ?? [], outer: plan.joinType === "left" });
}
