import type { SQLRow, StructType } from "@vonk/columnar/internal";
import { catalogString, integerType, longType } from "@vonk/columnar/internal";
import { Column, type AnyColumn } from "../column/column.ts";
import { columnOf, namedColumn, sortKey } from "../column/column-argument.ts";
import type { Dynamic } from "../column/column-value.ts";
import { nameParts } from "../column/name-parts.ts";
import { dataFrameErrors } from "../errors.ts";
import type { Expression } from "../expression/expression.ts";
import { literal } from "../expression/factories.ts";
import type { FreeName } from "../function/signature.ts";
import type { JoinType, LogicalPlan } from "../plan/logical-plan.ts";
import { rowMaker, type RowOf } from "../row/row.ts";
import type { NamedExpressionOf, FrameOperation } from "./frame-operation.ts";
import type {
  AggregateColumn,
  CommonNames,
  ConditionOf,
  Dropped,
  Joined,
  JoinedOn,
  JoinKind,
  NotNull,
  PlainNames,
  Renamed,
  RowColumn,
  Selectable,
  Selected,
  SortKeyOf,
  UnionByName,
  WithColumn,
  WithColumns,
} from "./frame-type.ts";
import { GroupedData, type GroupedFrame } from "./grouped-data.ts";
import { DataFrameNaFunctions } from "./na-functions.ts";
import type { ExplainMode, PersistLevel, QueryEngine, QueryOptions } from "./query-engine.ts";
import { schemaTree } from "./schema-tree.ts";
import { DataFrameWriter } from "./data-frame-writer.ts";

/** What other DataFrames ask of one: its plan, and its columns for the compiler. */
export interface Frame<S = unknown> {
  readonly plan: LogicalPlan;
  readonly typed?: S;
}

let plans = 0;

/**
 * A query that an engine can run, with Spark's methods. `S` are its columns as the compiler knows them: values by name, from a schema, typed rows or `as`. Without
 * them any name is accepted, as in PySpark. Nothing runs before an action; whatever needs the schema or rows returns a promise.
 */
export class DataFrame<out S extends object = Dynamic> implements Frame<S> {
  readonly plan: LogicalPlan;
  readonly engine: QueryEngine;
  /** For the compiler alone; never set. */
  declare readonly typed: S;

  constructor(engine: QueryEngine, plan: LogicalPlan) {
    this.engine = engine;
    this.plan = Object.freeze({ ...plan, planId: ++plans });
  }

  #with<R extends object>(plan: LogicalPlan): DataFrame<R> {
    return new DataFrame<R>(this.engine, plan);
  }

  #grouped(): GroupedFrame {
    return { plan: this.plan, make: (plan) => this.#with(plan) };
  }

  #operation<R extends object>(operation: FrameOperation): DataFrame<R> {
    return this.#with({ kind: "unresolvedOperation", operation, child: this.plan });
  }

  /** The same rows with columns that the compiler takes your word for. */
  as<R extends object>(): DataFrame<R> {
    return this.#with(this.plan);
  }

  /** A column of this DataFrame, told apart from equally named ones of others. */
  col<S extends object, const Name extends keyof S & string>(this: DataFrame<S>, name: Name): Column<S[Name], Name, FreeName<Name>> {
    return new Column(namedColumn(name, this.plan.planId));
  }

  /** Other columns of each row. With an aggregate function in the list, one row of all. */
  select<S extends object, const List extends readonly Selectable<S>[]>(
    this: DataFrame<S>,
    ...columns: List
  ): DataFrame<Selected<S, List>> {
    return this.#with({ kind: "project", projections: columns.map(columnOf), child: this.plan });
  }

  /** {@link select} of SQL texts; the compiler knows nothing of the result. */
  selectExpr(...texts: readonly string[]): DataFrame {
    return this.#with({ kind: "project", projections: texts.map(unparsed), child: this.plan });
  }

  /** The rows for which a condition is true; it may be SQL text. */
  filter<S extends object>(this: DataFrame<S>, condition: ConditionOf<S> | string): DataFrame<S> {
    return this.#with({
      kind: "filter",
      condition: typeof condition === "string" ? unparsed(condition) : condition.expression,
      child: this.plan,
    });
  }

  /** {@link filter}. */
  where<S extends object>(this: DataFrame<S>, condition: ConditionOf<S> | string): DataFrame<S> {
    return this.filter(condition);
  }

  /** The columns with one more, or with another in its place. */
  withColumn<S extends object, const Name extends string, C extends RowColumn<S>>(
    this: DataFrame<S>,
    name: Name,
    column: C,
  ): DataFrame<WithColumn<S, Name, C>> {
    return this.#operation({ kind: "withColumns", columns: [{ name, expression: column.expression }] });
  }

  /** {@link withColumn} for several at once; none sees the others. */
  withColumns<S extends object, C extends Readonly<Record<string, RowColumn<S>>>>(
    this: DataFrame<S>,
    columns: C,
  ): DataFrame<WithColumns<S, C>> {
    const list = Object.entries(columns).map(([name, column]): NamedExpressionOf => ({ name, expression: column.expression }));
    return this.#operation({ kind: "withColumns", columns: list });
  }

  /** A column under another name. */
  withColumnRenamed<S extends object, const From extends PlainNames<S>, const To extends string>(
    this: DataFrame<S>,
    from: From,
    to: To,
  ): DataFrame<Renamed<S, { [N in From]: To }>> {
    return this.#operation({ kind: "rename", names: [[from, to]] });
  }

  /** Columns under other names. */
  withColumnsRenamed<S extends object, const Names extends { readonly [Name in keyof S & string]?: string }>(
    this: DataFrame<S>,
    names: Names,
  ): DataFrame<Renamed<S, { [N in keyof Names & string]: Names[N] & string }>> {
    const pairs = Object.entries(names).flatMap(([from, to]) => (typeof to === "string" ? [[from, to] as const] : []));
    return this.#operation({ kind: "rename", names: pairs });
  }

  /** All columns under new names, in order. */
  toDF(...names: readonly string[]): DataFrame {
    return this.#operation({ kind: "toDF", names });
  }

  /** The columns without some. */
  drop<S extends object, const List extends readonly (PlainNames<S> | Column<unknown, keyof S & string, keyof S & string>)[]>(
    this: DataFrame<S>,
    ...columns: List
  ): DataFrame<Dropped<S, List[number]>> {
    const names = columns.filter((column) => typeof column === "string");
    const others = columns.flatMap((column) => (typeof column === "string" ? [] : [column.expression]));
    return this.#operation({ kind: "drop", names, columns: others });
  }

  /** The rows of both that belong together: by columns of the same name, which come out once, or by a condition. */
  join<S extends object, R extends object>(this: DataFrame<S>, other: Frame<R>): DataFrame<JoinedOn<S, R, "inner">>;
  join<
    S extends object,
    R extends object,
    const On extends
      | CommonNames<S, R>
      | readonly CommonNames<S, R>[]
      | Column<boolean | null, string, (keyof S & string) | (keyof R & string)>,
    const Kind extends JoinKind = "inner",
  >(this: DataFrame<S>, other: Frame<R>, on: On, how?: Kind): DataFrame<Joined<S, R, On, Kind>>;
  join(other: Frame, on?: string | readonly string[] | AnyColumn, how: JoinKind = "inner"): unknown {
    const joinType = joinTypes[how];
    const base = { kind: "join", left: this.plan, right: other.plan, joinType, lateral: false } as const;
    if (on === undefined) return this.#with({ ...base, joinType: how === "inner" ? "cross" : joinType });
    if (typeof on === "string" || isNames(on)) return this.#with({ ...base, using: [on].flat() });
    return this.#with({ ...base, condition: on.expression });
  }

  /** Each row of one with each row of the other. */
  crossJoin<S extends object, R extends object>(this: DataFrame<S>, other: Frame<R>): DataFrame<JoinedOn<S, R, "cross">> {
    return this.#with({ kind: "join", left: this.plan, right: other.plan, joinType: "cross", lateral: false });
  }

  /** Groups of rows with equal values of some columns. */
  groupBy<S extends object, const Keys extends readonly Exclude<Selectable<S>, "*">[]>(
    this: DataFrame<S>,
    ...keys: Keys
  ): GroupedData<S, Selected<S, Keys>> {
    return new GroupedData(this.#grouped(), keys.map(columnOf));
  }

  /** Groups by the keys, by all but the last, and so on, down to all rows. */
  rollup<S extends object, const Keys extends readonly Exclude<Selectable<S>, "*">[]>(
    this: DataFrame<S>,
    ...keys: Keys
  ): GroupedData<S, { [K in keyof Selected<S, Keys>]: Selected<S, Keys>[K] | null }> {
    return new GroupedData(this.#grouped(), keys.map(columnOf), "rollup");
  }

  /** Groups by all subsets of the keys. */
  cube<S extends object, const Keys extends readonly Exclude<Selectable<S>, "*">[]>(
    this: DataFrame<S>,
    ...keys: Keys
  ): GroupedData<S, { [K in keyof Selected<S, Keys>]: Selected<S, Keys>[K] | null }> {
    return new GroupedData(this.#grouped(), keys.map(columnOf), "cube");
  }

  /** One row: aggregates of all rows. */
  agg<S extends object, const List extends readonly AggregateColumn<S, object>[]>(
    this: DataFrame<S>,
    ...columns: List
  ): DataFrame<Selected<S, List>> {
    return this.groupBy().agg(...columns) as unknown as DataFrame<Selected<S, List>>;
  }

  /** The rows of both, column by column in their order; duplicates stay. */
  union<S extends object, R extends object>(this: DataFrame<S>, other: Frame<R>): DataFrame<S> {
    return this.#with({ kind: "union", children: [this.plan, other.plan], byName: false, allowMissingColumns: false });
  }

  /** {@link union}. */
  unionAll<S extends object, R extends object>(this: DataFrame<S>, other: Frame<R>): DataFrame<S> {
    return this.union(other);
  }

  /** The rows of both, column by column by name. With `allowMissingColumns` the others are null. */
  unionByName<S extends object>(this: DataFrame<S>, other: Frame<NoInfer<S>>): DataFrame<S>;
  unionByName<S extends object, R extends object>(
    this: DataFrame<S>,
    other: Frame<R>,
    allowMissingColumns: true,
  ): DataFrame<UnionByName<S, R>>;
  unionByName(other: Frame, allowMissingColumns = false): unknown {
    return this.#with({ kind: "union", children: [this.plan, other.plan], byName: true, allowMissingColumns });
  }

  /** The rows that both have, each once. */
  intersect<S extends object>(this: DataFrame<S>, other: Frame<NoInfer<S>>): DataFrame<S> {
    return this.#setOperation("intersect", other, false);
  }

  /** The rows that both have, as often as the rarer of the two. */
  intersectAll<S extends object>(this: DataFrame<S>, other: Frame<NoInfer<S>>): DataFrame<S> {
    return this.#setOperation("intersect", other, true);
  }

  /** The rows that the other does not have, each once. */
  subtract<S extends object>(this: DataFrame<S>, other: Frame<NoInfer<S>>): DataFrame<S> {
    return this.#setOperation("except", other, false);
  }

  /** {@link subtract}: Scala's name. */
  except<S extends object>(this: DataFrame<S>, other: Frame<NoInfer<S>>): DataFrame<S> {
    return this.subtract(other);
  }

  /** The rows without as many as the other has. */
  exceptAll<S extends object>(this: DataFrame<S>, other: Frame<NoInfer<S>>): DataFrame<S> {
    return this.#setOperation("except", other, true);
  }

  #setOperation(operation: "intersect" | "except", other: Frame<NoInfer<S>>, all: boolean): DataFrame<S> {
    return this.#with({ kind: "setOperation", operation, all, left: this.plan, right: other.plan });
  }

  /** Each row once. */
  distinct<S extends object>(this: DataFrame<S>): DataFrame<S> {
    return this.#with({ kind: "distinct", child: this.plan });
  }

  /** The first row of each key; without keys each row once. */
  dropDuplicates<S extends object>(
    this: DataFrame<S>,
    ...keys: readonly (keyof S & string)[] | readonly [readonly (keyof S & string)[]]
  ): DataFrame<S> {
    const names = keys.flat();
    if (names.length === 0) return this.distinct();
    return this.#with({ kind: "deduplicate", keys: names.map((name) => namedColumn(name)), child: this.plan });
  }

  /** The rows in order. */
  orderBy<S extends object>(this: DataFrame<S>, ...keys: readonly SortKeyOf<S>[]): DataFrame<S> {
    return this.#with({ kind: "sort", order: keys.map(sortKey), global: true, child: this.plan });
  }

  /** {@link orderBy}. */
  sort<S extends object>(this: DataFrame<S>, ...keys: readonly SortKeyOf<S>[]): DataFrame<S> {
    return this.orderBy(...keys);
  }

  /** The rows of each partition in order. */
  sortWithinPartitions<S extends object>(this: DataFrame<S>, ...keys: readonly SortKeyOf<S>[]): DataFrame<S> {
    return this.#with({ kind: "sort", order: keys.map(sortKey), global: false, child: this.plan });
  }

  /** At most so many rows. */
  limit<S extends object>(this: DataFrame<S>, count: number): DataFrame<S> {
    return this.#with({ kind: "limit", limit: literal(checkCount(count, "limit()"), integerType), child: this.plan });
  }

  /** All but the first rows. */
  offset<S extends object>(this: DataFrame<S>, count: number): DataFrame<S> {
    return this.#with({ kind: "offset", offset: literal(checkCount(count, "offset()"), integerType), child: this.plan });
  }

  /** About this fraction of the rows, at random; the same rows for the same seed. */
  sample<S extends object>(
    this: DataFrame<S>,
    fraction: number,
    options: { readonly seed?: number | bigint; readonly withReplacement?: boolean } = {},
  ): DataFrame<S> {
    const { seed, withReplacement = false } = options;
    if (!(fraction >= 0) || (!withReplacement && fraction > 1)) {
      throw dataFrameErrors.create("INVALID_ARGUMENT", {
        method: "sample()",
        argument: "the fraction",
        expected: "a number from 0 to 1",
        found: String(fraction),
      });
    }
    return this.#with({
      kind: "sample",
      lower: 0,
      upper: fraction,
      withReplacement,
      ...(seed === undefined ? {} : { seed: BigInt(seed) }),
      child: this.plan,
    });
  }

  /** The same rows in so many partitions, or in partitions by the values of columns. */
  repartition<S extends object>(this: DataFrame<S>, partitions: number | SortKeyOf<S>, ...keys: readonly SortKeyOf<S>[]): DataFrame<S> {
    const count = typeof partitions === "number" ? checkCount(partitions, "repartition()", 1) : undefined;
    const expressions = typeof partitions === "number" ? keys.map(columnOf) : [partitions, ...keys].map(columnOf);
    return this.#with({
      kind: "repartition",
      expressions,
      ...(count === undefined ? {} : { partitions: count }),
      shuffle: true,
      child: this.plan,
    });
  }

  /** The same rows in fewer partitions, without moving them apart. */
  coalesce<S extends object>(this: DataFrame<S>, partitions: number): DataFrame<S> {
    return this.#with({
      kind: "repartition",
      expressions: [],
      partitions: checkCount(partitions, "coalesce()", 1),
      shuffle: false,
      child: this.plan,
    });
  }

  /** The query under a name, by which its columns can be told apart: `col("a.city")`. */
  alias<S extends object>(this: DataFrame<S>, name: string): DataFrame<S> {
    return this.#with({ kind: "subqueryAlias", alias: nameParts(name), columnNames: [], child: this.plan });
  }

  /** A hint for the planner, such as `broadcast`. */
  hint<S extends object>(this: DataFrame<S>, name: string): DataFrame<S> {
    return this.#with({ kind: "unresolvedHint", name, args: [], child: this.plan });
  }

  /** What is done about nulls. */
  get na(): DataFrameNaFunctions<S> {
    return new DataFrameNaFunctions((operation) => this.#operation(operation));
  }

  /** {@link na}`.fill`. */
  fillna<S extends object>(
    this: DataFrame<S>,
    value: string | number | bigint | boolean,
    ...names: readonly (keyof S & string)[]
  ): DataFrame<S> {
    return this.na.fill(value, ...names);
  }

  /** {@link na}`.drop`. */
  dropna<S extends object, const Names extends keyof S & string = keyof S & string>(
    this: DataFrame<S>,
    how: "any" | "all" = "any",
    ...names: readonly Names[]
  ): DataFrame<NotNull<S, Names>> {
    return this.na.drop(how, ...names);
  }

  /** Count, mean, standard deviation, least and greatest value of columns of numbers and text, as text. */
  describe<S extends object>(this: DataFrame<S>, ...names: readonly (keyof S & string)[]): DataFrame {
    return this.#operation({
      kind: "summary",
      statistics: ["count", "mean", "stddev", "min", "max"],
      ...(names.length === 0 ? {} : { names }),
    });
  }

  /** {@link describe} with quartiles, or with the statistics given: `count`, `mean`, `stddev`, `min`, `max`, `count_distinct`, `25%`. */
  summary(...statistics: readonly string[]): DataFrame {
    const wanted = statistics.length === 0 ? ["count", "mean", "stddev", "min", "25%", "50%", "75%", "max"] : statistics;
    return this.#operation({ kind: "summary", statistics: wanted });
  }

  /** What `change` makes of this; for functions from DataFrame to DataFrame in a chain. */
  transform<S extends object, R extends object>(this: DataFrame<S>, change: (frame: DataFrame<S>) => DataFrame<R>): DataFrame<R> {
    return change(this);
  }

  /** Keeps the rows once they are computed, at MEMORY_AND_DISK. */
  cache(): this {
    return this.persist();
  }

  /** Keeps the rows once they are computed. Queries made of this DataFrame then start from them. */
  persist(level: PersistLevel = "MEMORY_AND_DISK"): this {
    this.engine.persist(this.plan, level);
    return this;
  }

  /** Forgets the kept rows. */
  async unpersist(): Promise<this> {
    await this.engine.unpersist(this.plan);
    return this;
  }

  /** Where rows are kept. */
  get storageLevel(): PersistLevel {
    return this.engine.persistLevel(this.plan);
  }

  /** The columns of the result. @throws AnalysisError */
  schema(): Promise<StructType> {
    return this.engine.schemaOf(this.plan);
  }

  /** Names of the columns. */
  async columns(): Promise<string[]> {
    return (await this.schema()).fields.map((field) => field.name);
  }

  /** Names of the columns with their types as text. */
  async dtypes(): Promise<[string, string][]> {
    return (await this.schema()).fields.map((field) => [field.name, catalogString(field.dataType)]);
  }

  /** Prints the schema as a tree. */
  async printSchema(): Promise<void> {
    console.log(schemaTree(await this.schema()));
  }

  /** All rows, here. */
  async collect<S extends object>(this: DataFrame<S>, options?: QueryOptions): Promise<RowOf<S>[]> {
    return this.#rows(this.plan, options);
  }

  async #rows(plan: LogicalPlan, options?: QueryOptions): Promise<RowOf<S>[]> {
    // The engine is called at once: it looks where the call comes from.
    const [found, schema] = await Promise.all([this.engine.collect(plan, options), this.schema()]);
    return found.map(rowMaker<S>(schema));
  }

  /** The first rows. */
  take<S extends object>(this: DataFrame<S>, count: number, options?: QueryOptions): Promise<RowOf<S>[]> {
    return this.#rows(this.limit(count).plan, options);
  }

  /** The first row, or the first rows. */
  head<S extends object>(this: DataFrame<S>): Promise<RowOf<S> | undefined>;
  head<S extends object>(this: DataFrame<S>, count: number): Promise<RowOf<S>[]>;
  async head<S extends object>(this: DataFrame<S>, count?: number): Promise<RowOf<S> | undefined | RowOf<S>[]> {
    return count === undefined ? (await this.take(1))[0] : this.take(count);
  }

  /** The first row; undefined when there is none. */
  first<S extends object>(this: DataFrame<S>, options?: QueryOptions): Promise<RowOf<S> | undefined> {
    return this.take(1, options).then(([row]) => row);
  }

  /** The last rows. */
  tail<S extends object>(this: DataFrame<S>, count: number, options?: QueryOptions): Promise<RowOf<S>[]> {
    return this.#rows({ kind: "tail", limit: literal(checkCount(count, "tail()"), integerType), child: this.plan }, options);
  }

  /** How many rows there are. */
  async count(options?: QueryOptions): Promise<number> {
    const counted = Object.freeze({
      kind: "unresolvedFunction",
      nameParts: ["count"],
      args: [literal(1n, longType)],
      distinct: false,
      orderWithinGroup: [],
    } as const);
    const [row] = await this.engine.collect({ kind: "aggregate", groupings: [], aggregates: [counted], child: this.plan }, options);
    return Number(row?.[0] ?? 0n);
  }

  /** True when there is no row. */
  async isEmpty(options?: QueryOptions): Promise<boolean> {
    return (await this.engine.collect(this.select().limit(1).plan, options)).length === 0;
  }

  /** The rows, partition by partition: no more than one is here at once. */
  async *toLocalIterator<S extends object>(this: DataFrame<S>, options?: QueryOptions): AsyncGenerator<RowOf<S>> {
    const make = rowMaker<S>(await this.schema());
    for await (const values of this.engine.iterate(this.plan, options)) yield make(values);
  }

  /** Calls `visit` for each row, here, in order; rows come partition by partition. */
  async foreach<S extends object>(this: DataFrame<S>, visit: (row: RowOf<S>) => unknown, options?: QueryOptions): Promise<void> {
    for await (const row of this.toLocalIterator(options)) await visit(row);
  }

  /** Prints the first rows in a frame; longer cells are cut to 20 characters unless `truncate` says otherwise. */
  async show(rows = 20, truncate: boolean | number = true): Promise<void> {
    console.log(await this.showString(rows, truncate === true ? 20 : truncate === false ? 0 : truncate));
  }

  /** What {@link show} prints. */
  async showString(rows: number, truncate: number): Promise<string> {
    const [found, schema] = await Promise.all([this.engine.collect(this.limit(rows + 1).plan), this.schema()]);
    const text = this.engine.format(schema, found.slice(0, rows), truncate);
    return found.length > rows ? `${text}\nonly showing top ${rows} row${rows === 1 ? "" : "s"}\n` : `${text}\n`;
  }

  /** Rows in a frame, as {@link show} prints them; no cell is cut unless `truncate` says at how many characters. */
  async tableText(rows: readonly { readonly internal: SQLRow }[], truncate = 0): Promise<string> {
    const schema = await this.schema();
    return `${this.engine.format(
      schema,
      rows.map((row) => row.internal),
      truncate,
    )}\n`;
  }

  /** The values of rows as a cast to STRING gives them; null stays null. */
  async cellTexts(rows: readonly { readonly internal: SQLRow }[]): Promise<(string | null)[][]> {
    const schema = await this.schema();
    return rows.map((row) => this.engine.texts(schema, row.internal));
  }

  /** The phases of the query as text. */
  explainString(mode: ExplainMode = "simple"): Promise<string> {
    return this.engine.explain(this.plan, mode);
  }

  /** Prints how the query is computed. */
  async explain(mode: ExplainMode | boolean = "simple"): Promise<void> {
    console.log(await this.explainString(mode === true ? "extended" : mode === false ? "simple" : mode));
  }

  /** Names the query for SQL in the same session. */
  createOrReplaceTempView(name: string): void {
    this.engine.createView(this.plan, { name, replace: true, global: false });
  }

  /** {@link createOrReplaceTempView}. @throws AnalysisError TEMP_TABLE_OR_VIEW_ALREADY_EXISTS */
  createTempView(name: string): void {
    this.engine.createView(this.plan, { name, replace: false, global: false });
  }

  /** Names the query for SQL in all sessions of the application, under `global_temp`. */
  createOrReplaceGlobalTempView(name: string): void {
    this.engine.createView(this.plan, { name, replace: true, global: true });
  }

  /** Where the rows can be written. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this.engine, this.plan);
  }
}

const joinTypes: { readonly [Kind in JoinKind]: JoinType } = {
  inner: "inner",
  cross: "cross",
  outer: "full",
  full: "full",
  fullouter: "full",
  full_outer: "full",
  left: "left",
  leftouter: "left",
  left_outer: "left",
  right: "right",
  rightouter: "right",
  right_outer: "right",
  semi: "semi",
  leftsemi: "semi",
  left_semi: "semi",
  anti: "anti",
  leftanti: "anti",
  left_anti: "anti",
};

function isNames(on: unknown): on is readonly string[] {
  return Array.isArray(on);
}

function unparsed(text: string): Expression {
  return Object.freeze({ kind: "unparsed", text });
}

function checkCount(count: number, method: string, least = 0): number {
  if (Number.isInteger(count) && count >= least) return count;
  throw dataFrameErrors.create("INVALID_ARGUMENT", {
    method,
    argument: "the number",
    expected: `a whole number from ${least}`,
    found: String(count),
  });
}
