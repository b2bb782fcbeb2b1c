import {
  alias,
  childrenOf,
  exists,
  toAttribute,
  type Attribute,
  type Expression,
  type LogicalPlan,
  type NamedExpression,
  type Project,
} from "@vonk/dataframe/internal";
import { AnalysisError, analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { hasAggregate } from "./select-item.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import { computeGenerator, generatorOf } from "./resolve-generator.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { isGeneratorCall } from "./refuse-generators.ts";
import { Scope } from "./scope.ts";

/*
 * Generators in a select list, `SELECT id, explode(list) AS item`: their rows are made below the list, one generator after the other, and the list takes
 * their columns. So other items, other generators too, may name what a generator gives, wherever they stand.
 */

function itself(item: Expression): Expression {
  return item.kind === "alias" || item.kind === "multiAlias" ? item.child : item;
}

/** True when an item of a select list as written is a generator. */
export function callsGenerator(item: Expression): boolean {
  return isGeneratorCall(itself(item));
}

/** @throws AnalysisError UNSUPPORTED_GENERATOR… for a generator inside an expression, MULTI_ALIAS_WITHOUT_GENERATOR */
export function checkGenerators(list: readonly Expression[]): void {
  for (const item of list) {
    const child = itself(item);
    if (childrenOf(child).some((part) => exists(part, isGeneratorCall))) {
      throw analysisError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", { expression: `"${prettyText(child)}"` });
    }
    if (item.kind === "multiAlias" && child.kind !== "unresolvedFunction") {
      throw analysisError("MULTI_ALIAS_WITHOUT_GENERATOR", { expr: `"${prettyText(child)}"`, names: item.names.join(", ") }, item.origin);
    }
  }
}

/** A select list whose generators are computed: what is left of it, in order, over a plan that has their columns. */
export interface GeneratedList {
  readonly child: LogicalPlan;
  /** Items as written, and the columns of generators in their places. */
  readonly projections: readonly Expression[];
  /** The column of a generator that a name means when nothing else has it. */
  readonly column: (nameParts: readonly string[]) => Expression | undefined;
  /** Ids of the columns that were named by AS with one name. */
  readonly aliased: ReadonlySet<number>;
}

/** Computes the generators of a select list below it, each as soon as what it names is there. */
export function computeGenerators({ projections }: Project, input: LogicalPlan, scope: PlanScope): GeneratedList {
  let child = input;
  const columns = new Map<Expression, readonly Expression[]>();
  const aliased = new Set<number>();
  const generated = (): Attribute[] => [...columns.values()].flat().filter((column) => column.kind === "attribute");
  let waiting = projections.filter(callsGenerator);
  while (waiting.length > 0) {
    const later: Expression[] = [];
    let unresolved: unknown;
    for (const item of waiting) {
      try {
        const aliases = namesOf(generated(), scope);
        const resolved = resolveExpression(item, { ...expressionScope([input], scope), aliases });
        const { plan, made } = addGenerator(resolved, child);
        child = plan;
        columns.set(item, made);
        if (item.kind === "alias") for (const column of made) if (column.kind === "attribute") aliased.add(column.exprId);
      } catch (error) {
        if (!(error instanceof AnalysisError) || !error.code.startsWith("UNRESOLVED_COLUMN")) throw error;
        unresolved ??= error;
        later.push(item);
      }
    }
    if (later.length === waiting.length) throw unresolved;
    waiting = later;
  }
  const written = projections.flatMap((item) => columns.get(item) ?? [item]);
  return { child, projections: written, column: namesOf(generated(), scope), aliased };
}

function addGenerator(item: Expression, child: LogicalPlan): { readonly plan: LogicalPlan; readonly made: readonly Expression[] } {
  const project = computeGenerator([item], child);
  return { plan: project.child, made: project.projections };
}

/** Names of columns that come behind all others. */
function namesOf(columns: readonly Attribute[], scope: PlanScope): (nameParts: readonly string[]) => Expression | undefined {
  const names = new Scope(columns, scope.context.settings.caseSensitive);
  return (nameParts) => (nameParts.length === 1 ? names.find(nameParts, undefined)?.attribute : undefined);
}

/** A grouped select list with a generator: what the aggregate must compute for it, and the list above. */
export interface GroupedGenerator {
  /** The list with the generator's arguments in its place. */
  readonly list: readonly Expression[];
  readonly above: (aggregate: LogicalPlan) => LogicalPlan;
}

/**
 * A generator over groups: its arguments are results of the aggregate, constants stay. Undefined when the list has none.
 * @throws AnalysisError UNSUPPORTED_GENERATOR.MULTI_GENERATOR
 */
export function generatorOverGroups(list: readonly Expression[]): GroupedGenerator | undefined {
  const generators = list.filter((item) => generatorOf(item) !== undefined);
  const [item] = generators;
  const generator = item === undefined ? undefined : generatorOf(item);
  if (item === undefined || generator === undefined) return undefined;
  if (generators.length > 1) {
    const names = generators.map((each) => `"${prettyText(each)}"`).join(", ");
    throw analysisError("UNSUPPORTED_GENERATOR.MULTI_GENERATOR", { num: generators.length, generators: names });
  }
  const inputs = generator.args.map((argument, index): NamedExpression | undefined =>
    isConstant(argument) ? undefined : alias(argument, `_gen_input_${index}`),
  );
  const args = generator.args.map((argument, index) => {
    const input = inputs[index];
    return input === undefined ? argument : toAttribute(input);
  });
  const call = { ...generator, args };
  const above = list.map((each): Expression => {
    if (each === item) return item.kind === "alias" || item.kind === "multiAlias" ? { ...item, child: call } : call;
    return each.kind === "alias" || each.kind === "attribute" ? toAttribute(each) : each;
  });
  return {
    list: list.flatMap((each) => (each === item ? inputs.filter((input) => input !== undefined) : [each])),
    above: (aggregate) => computeGenerator(above, aggregate),
  };
}

function isConstant(expression: Expression): boolean {
  return (
    !hasAggregate(expression) && !exists(expression, ({ kind }) => kind === "attribute" || kind === "outerReference" || kind === "subquery")
  );
}
