import { columnOf } from "../column/column-argument.ts";
import type { AnyColumn, Column } from "../column/column.ts";
import type { Dynamic, Flat, IsDynamic, Unchecked } from "../column/column-value.ts";
import { literalOf } from "../column/literal-of.ts";
import type { Expression } from "../expression/expression.ts";
import { alias, literal, unresolvedFunction } from "../expression/factories.ts";
import { transformUp } from "../expression/traversal.ts";
import { aggregateSignatures } from "../function/function-table.ts";
import type { LogicalPlan } from "../plan/logical-plan.ts";
import { shownValue } from "../value/external-value.ts";
import type { DataFrame } from "./data-frame.ts";
import type { AggregateColumn, NamedSums, NumericNames, Selected } from "./frame-type.ts";
import { integerType } from "@vonk/columnar/internal";

type Joined<Keys, More> = IsDynamic<Keys> extends true ? Dynamic : Flat<Keys & More>;

/** A DataFrame's plan, and how DataFrames are made on its engine. */
export interface GroupedFrame {
  readonly plan: LogicalPlan;
  readonly make: <R extends object>(plan: LogicalPlan) => DataFrame<R>;
}

/** Groups of the rows of a DataFrame, of which aggregates are wanted. `Keys` are the columns grouped by. */
export class GroupedData<out S extends object, out Keys extends object> {
  readonly #frame: GroupedFrame;
  readonly #keys: readonly Expression[];
  readonly #form: "groupBy" | "rollup" | "cube";
  /** For the compiler alone; never set. */
  declare readonly typed: { readonly columns: S; readonly keys: Keys };

  constructor(frame: GroupedFrame, keys: readonly Expression[], form: "groupBy" | "rollup" | "cube" = "groupBy") {
    this.#frame = frame;
    this.#keys = keys;
    this.#form = form;
  }

  /** A row a group: the keys, then aggregates. Outside of aggregate functions only keys may be used. Or functions by column: `{ amount: "sum" }`. */
  agg<S extends object, Keys extends object, const Names extends { readonly [Name in (keyof S & string) | "*"]?: string }>(
    this: GroupedData<S, Keys>,
    columns: Names,
  ): DataFrame<Joined<Keys, { [Name in keyof Names & string as `${Names[Name] & string}(${Name})`]: Unchecked }>>;
  agg<S extends object, Keys extends object, const List extends readonly AggregateColumn<S, Keys>[]>(
    this: GroupedData<S, Keys>,
    ...columns: List
  ): DataFrame<Joined<Keys, Selected<S, List>>>;
  agg(...columns: readonly unknown[]): unknown {
    return this.#aggregate(columns.flatMap(aggregatesOf));
  }

  /** How many rows each group has. */
  count<S extends object, Keys extends object>(this: GroupedData<S, Keys>): DataFrame<Joined<Keys, { count: bigint }>> {
    return this.#aggregate([alias(unresolvedFunction("count", [literal(1, integerType)]), "count")]);
  }

  /** Sums of columns, of all that are numbers when none is named. */
  sum<S extends object, Keys extends object, const Names extends NumericNames<S>>(
    this: GroupedData<S, Keys>,
    ...names: readonly Names[]
  ): DataFrame<Joined<Keys, NamedSums<S, Names>>> {
    return this.#numbers("sum", names);
  }

  /** Averages. */
  avg<S extends object, Keys extends object, const Names extends NumericNames<S>>(
    this: GroupedData<S, Keys>,
    ...names: readonly Names[]
  ): DataFrame<Joined<Keys, { [N in Names as `avg(${N})`]: Unchecked }>> {
    return this.#numbers("avg", names);
  }

  /** {@link avg}. */
  mean<S extends object, Keys extends object, const Names extends NumericNames<S>>(
    this: GroupedData<S, Keys>,
    ...names: readonly Names[]
  ): DataFrame<Joined<Keys, { [N in Names as `avg(${N})`]: Unchecked }>> {
    return this.avg(...names);
  }

  /** Least values. */
  min<S extends object, Keys extends object, const Names extends NumericNames<S>>(
    this: GroupedData<S, Keys>,
    ...names: readonly Names[]
  ): DataFrame<Joined<Keys, { [N in Names as `min(${N})`]: S[N] | null }>> {
    return this.#numbers("min", names);
  }

  /** Greatest values. */
  max<S extends object, Keys extends object, const Names extends NumericNames<S>>(
    this: GroupedData<S, Keys>,
    ...names: readonly Names[]
  ): DataFrame<Joined<Keys, { [N in Names as `max(${N})`]: S[N] | null }>> {
    return this.#numbers("max", names);
  }

  /** A column for each of some values of a column: the aggregates that follow are then of the rows that have it. */
  pivot<
    S extends object,
    Keys extends object,
    const Name extends keyof S & string,
    const Values extends readonly (string | number | bigint | boolean)[],
  >(
    this: GroupedData<S, Keys>,
    column: Name | Column<unknown, string, keyof S & string>,
    values: Values,
  ): PivotedData<S, Keys, Values[number] & (string | number)> {
    return new PivotedData(this.#frame, this.#keys, columnOf(column), values.map(literalOf));
  }

  #aggregate<R extends object>(aggregates: readonly Expression[]): DataFrame<R> {
    const groupings = this.#form === "groupBy" || this.#keys.length === 0 ? this.#keys : [unresolvedFunction(this.#form, this.#keys)];
    return this.#frame.make({ kind: "aggregate", groupings, aggregates: [...this.#keys, ...aggregates], child: this.#frame.plan });
  }

  #numbers<R extends object>(name: string, names: readonly string[]): DataFrame<R> {
    const operation = {
      kind: "aggregateNumbers",
      function: name,
      groupings: this.#keys,
      ...(names.length === 0 ? {} : { names }),
    } as const;
    return this.#frame.make({ kind: "unresolvedOperation", operation, child: this.#frame.plan });
  }
}

/** Groups whose aggregates come out once for each value of a column. */
export class PivotedData<out S extends object, out Keys extends object, out Values extends string | number> {
  readonly #frame: GroupedFrame;
  /** For the compiler alone; never set. */
  declare readonly typed: { readonly columns: S; readonly keys: Keys; readonly values: Values };
  readonly #parts: { readonly keys: readonly Expression[]; readonly column: Expression; readonly values: readonly Expression[] };

  constructor(frame: GroupedFrame, keys: readonly Expression[], column: Expression, values: readonly Expression[]) {
    this.#frame = frame;
    this.#parts = { keys, column, values };
  }

  /** A column for each value, or with several aggregates for each value and aggregate: `VALUE_NAME`. */
  agg<S extends object, Keys extends object, Values extends string | number, C extends AggregateColumn<S, Keys>>(
    this: PivotedData<S, Keys, Values>,
    column: C,
  ): DataFrame<Joined<Keys, { [V in `${Values}`]: C extends Column<infer T, string, string, string> ? T | null : never }>>;
  agg<S extends object, Keys extends object, Values extends string | number>(
    this: PivotedData<S, Keys, Values>,
    ...columns: readonly AggregateColumn<S, Keys>[]
  ): DataFrame;
  agg(...columns: readonly AnyColumn[]): unknown {
    return this.#pivot(columns.map((column) => column.expression));
  }

  /** Sums by value. */
  sum<S extends object, Keys extends object, Values extends string | number, const Name extends NumericNames<S>>(
    this: PivotedData<S, Keys, Values>,
    name: Name,
  ): DataFrame<Joined<Keys, { [V in `${Values}`]: NamedSums<S, Name>[keyof NamedSums<S, Name>] }>> {
    return this.#pivot([unresolvedFunction("sum", [columnOf(name)])]);
  }

  /** Numbers of rows by value. */
  count<S extends object, Keys extends object, Values extends string | number>(
    this: PivotedData<S, Keys, Values>,
  ): DataFrame<Joined<Keys, { [V in `${Values}`]: bigint | null }>> {
    return this.#pivot([unresolvedFunction("count", [literal(1, integerType)])]);
  }

  #pivot<R extends object>(aggregates: readonly Expression[]): DataFrame<R> {
    const { keys, column, values } = this.#parts;
    const cells = values.flatMap((value) =>
      aggregates.map((aggregate) =>
        alias(ofRowsWith(unresolvedFunction("<=>", [column, value]), aggregate), cellName(value, aggregate, aggregates.length)),
      ),
    );
    return this.#frame.make({ kind: "aggregate", groupings: keys, aggregates: [...keys, ...cells], child: this.#frame.plan });
  }
}

/** An aggregate of the rows for which a condition is true; null when there are none. */
function ofRowsWith(condition: Expression, aggregate: Expression): Expression {
  const inner = aggregate.kind === "alias" ? aggregate.child : aggregate;
  const filtered = transformUp(inner, (node) =>
    node.kind === "unresolvedFunction" && isAggregate(node.nameParts.at(-1) ?? "")
      ? Object.freeze({ ...node, filter: filterOf(condition, node.filter) })
      : node,
  );
  const count = unresolvedFunction("count", [literal(1, integerType)], { filter: condition });
  return Object.freeze({ kind: "caseWhen", whens: [unresolvedFunction(">", [count, literal(0, integerType)]), filtered] });
}

function filterOf(condition: Expression, own: Expression | undefined): Expression {
  return own === undefined ? condition : unresolvedFunction("and", [condition, own]);
}

function isAggregate(name: string): boolean {
  return name === "count" || name in aggregateSignatures;
}

function cellName(value: Expression, aggregate: Expression, aggregates: number): string {
  const shown = value.kind === "literal" ? shownValue(value.value) : "";
  if (aggregates === 1) return shown;
  const name =
    aggregate.kind === "alias"
      ? aggregate.name
      : aggregate.kind === "unresolvedFunction"
        ? `${aggregate.nameParts.join(".")}(${argumentNames(aggregate.args)})`
        : "";
  return `${shown}_${name}`;
}

function argumentNames(args: readonly Expression[]): string {
  return args.map((argument) => (argument.kind === "unresolvedAttribute" ? argument.nameParts.join(".") : argument.kind)).join(", ");
}

function aggregatesOf(column: unknown): Expression[] {
  const isColumn = typeof column === "object" && column !== null && "expression" in column;
  if (isColumn) return [columnOf(column)];
  return Object.entries(column as Readonly<Record<string, string>>).map(([name, function_]) => {
    const argument = name === "*" ? literal(1, integerType) : columnOf(name);
    return alias(unresolvedFunction(function_, [argument]), `${function_}(${name})`);
  });
}
