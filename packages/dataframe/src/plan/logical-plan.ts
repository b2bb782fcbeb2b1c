import type { DataType, SQLRow, StructType } from "@vonk/columnar/internal";
import type { Attribute, Expression, WindowFrame } from "../expression/expression.ts";
import type { FrameOperation } from "../frame/frame-operation.ts";
import type { Origin } from "../tree/origin.ts";
import type { Command } from "./command.ts";

/**
 * What a query is: plain, frozen data, from the text or the DataFrame calls to the optimised plan. Which children and expressions a kind has
 * stands once, in `plan-shape.ts`. Kinds of the first group exist only before analysis.
 */
export type LogicalPlan =
  | UnresolvedRelation
  | UnresolvedTableFunction
  | UnresolvedInlineTable
  | UnresolvedWith
  | UnresolvedHaving
  | UnresolvedHint
  | UnresolvedPivot
  | UnresolvedUnpivot
  | UnresolvedOperation
  | WindowDefinitions
  | LateralView
  | CommandPlan
  // Leaves
  | OneRowRelation
  | LocalRelation
  | RangeRelation
  | TableRelation
  | CTERelation
  | SharedRelation
  // Operators
  | SubqueryAlias
  | Project
  | Filter
  | Join
  | Aggregate
  | Window
  | Generate
  | Expand
  | Sort
  | Limit
  | Offset
  | Tail
  | Distinct
  | Deduplicate
  | Union
  | SetOperation
  | Sample
  | Repartition
  | WithCTE;

interface Node {
  readonly origin?: Origin;
  /** Set by DataFrames, so that `df.a` finds the plan it belongs to. */
  readonly planId?: number;
}

/** A table or view by name, or a file by its format: ``parquet.`path` ``. */
export interface UnresolvedRelation extends Node {
  readonly kind: "unresolvedRelation";
  readonly nameParts: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** A reader's own schema. */
  readonly schema?: StructType;
  /** Paths of a reader; then `nameParts` is the format alone. */
  readonly paths?: readonly string[];
}

/** `range(10)`, `explode(…)` in FROM. */
export interface UnresolvedTableFunction extends Node {
  readonly kind: "unresolvedTableFunction";
  readonly nameParts: readonly string[];
  readonly args: readonly Expression[];
}

/** VALUES. All rows have the length of the first one that the parser met; others are an error of the analyzer. */
export interface UnresolvedInlineTable extends Node {
  readonly kind: "unresolvedInlineTable";
  readonly names: readonly string[];
  readonly rows: readonly (readonly Expression[])[];
}

/** One table of WITH. */
export interface CommonTable {
  readonly name: string;
  readonly columnNames: readonly string[];
  readonly plan: LogicalPlan;
  /** MAX RECURSION LEVEL of a recursive table. */
  readonly levelMax?: number;
  readonly origin?: Origin;
}

/** WITH [RECURSIVE] … child. The tables' plans are not children: each is resolved in the scope of those before it. */
export interface UnresolvedWith extends Node {
  readonly kind: "unresolvedWith";
  readonly tables: readonly CommonTable[];
  readonly recursive: boolean;
  readonly child: LogicalPlan;
}

/** A condition over groups; becomes a filter over the aggregate below it. Also QUALIFY, over windows. */
export interface UnresolvedHaving extends Node {
  readonly kind: "unresolvedHaving";
  readonly form: "having" | "qualify";
  readonly condition: Expression;
  readonly child: LogicalPlan;
}

/** A hint comment behind SELECT. */
export interface UnresolvedHint extends Node {
  readonly kind: "unresolvedHint";
  readonly name: string;
  readonly args: readonly Expression[];
  readonly child: LogicalPlan;
}

/** PIVOT (aggregates FOR columns IN (values)). Without groupings all other columns are grouped by. */
export interface UnresolvedPivot extends Node {
  readonly kind: "unresolvedPivot";
  readonly groupings?: readonly Expression[];
  readonly columns: readonly Expression[];
  /** One expression a value, structs for several columns; aliases name the columns of the result. */
  readonly values: readonly Expression[];
  readonly aggregates: readonly Expression[];
  readonly child: LogicalPlan;
}

/** UNPIVOT: each row once for each value, under the name of its columns. */
export interface UnresolvedUnpivot extends Node {
  readonly kind: "unresolvedUnpivot";
  /** Columns kept; undefined means all that are not unpivoted. */
  readonly ids?: readonly Expression[];
  readonly values: readonly { readonly columns: readonly Expression[]; readonly alias?: string }[];
  readonly nameColumn: string;
  readonly valueColumns: readonly string[];
  readonly includeNulls: boolean;
  readonly child: LogicalPlan;
}

/** What a DataFrame does with columns that are not known yet. */
export interface UnresolvedOperation extends Node {
  readonly kind: "unresolvedOperation";
  readonly operation: FrameOperation;
  readonly child: LogicalPlan;
}

/** What stands in OVER (…), or behind a name in WINDOW. */
export interface WindowSpecification {
  readonly base?: string;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Expression[];
  readonly frame?: WindowFrame;
}

/** WINDOW name AS (…), for the expressions of `child`. */
export interface WindowDefinitions extends Node {
  readonly kind: "windowDefinitions";
  readonly definitions: readonly { readonly name: string; readonly specification: WindowSpecification }[];
  readonly child: LogicalPlan;
}

/** LATERAL VIEW [OUTER] generator alias AS names. */
export interface LateralView extends Node {
  readonly kind: "lateralView";
  readonly generator: Expression;
  readonly outer: boolean;
  readonly alias: string;
  readonly names: readonly string[];
  readonly child: LogicalPlan;
}

/** A statement that is no query. Plans inside it are its own: they are analysed when it runs. */
export interface CommandPlan extends Node {
  readonly kind: "command";
  readonly command: Command;
}

/** SELECT without FROM: one row without columns. */
export interface OneRowRelation extends Node {
  readonly kind: "oneRow";
}

/** Rows that the plan itself holds. */
export interface LocalRelation extends Node {
  readonly kind: "localRelation";
  readonly output: readonly Attribute[];
  readonly rows: readonly SQLRow[];
}

/** `start` inclusive to `end` exclusive. */
export interface RangeRelation extends Node {
  readonly kind: "range";
  readonly start: bigint;
  readonly end: bigint;
  readonly step: bigint;
  readonly partitions?: number;
  readonly output: readonly [Attribute];
}

/**
 * A table of a source. What the source is stands in `table`, of which planning knows statistics and abilities only (see `TableReference`).
 * `output` may be fewer columns than the table has, `filters` are conditions that the scan may use to read less.
 */
export interface TableRelation extends Node {
  readonly kind: "table";
  readonly table: TableReference;
  readonly output: readonly Attribute[];
  readonly filters: readonly Expression[];
}

/** The planner's view of a table; the engine's own object, which it gets back at execution. */
export interface TableReference {
  /** What EXPLAIN and errors call it. */
  readonly name: string;
  readonly schema: StructType;
  readonly statistics: TableStatistics;
}

/** What is known of a table without reading it. */
export interface TableStatistics {
  readonly sizeBytes: number;
  readonly rowCount?: number;
  readonly columns: Readonly<Record<string, ColumnStatistics>>;
}

/** What is proved about a column: bounds hold for every row, in the form of an SQLValue of the column's type. */
export interface ColumnStatistics {
  readonly min?: number | bigint | string;
  readonly max?: number | bigint | string;
  readonly nullCount?: number;
  /** An estimate. */
  readonly distinctCount?: number;
}

/** A reference to a table of {@link WithCTE}. */
export interface CTERelation extends Node {
  readonly kind: "cteRelation";
  readonly cteId: number;
  readonly name: string;
  readonly output: readonly Attribute[];
  readonly recursive: boolean;
}

/**
 * A place that reads a plan which several places read and which is computed once. The plan is no child: whoever has to do with it goes through
 * `mapSharedPlans`, which comes to each definition once, however often it is referred to.
 */
export interface SharedRelation extends Node {
  readonly kind: "shared";
  readonly definition: SharedDefinition;
  /** The definition's columns in their order, under ids of this place. */
  readonly output: readonly Attribute[];
}

/** What places share; the same object for all of them. */
export interface SharedDefinition {
  readonly name: string;
  readonly plan: LogicalPlan;
}

/** Gives its child's columns a qualifier, and with `columnNames` new names. */
export interface SubqueryAlias extends Node {
  readonly kind: "subqueryAlias";
  readonly alias: readonly string[];
  readonly columnNames: readonly string[];
  readonly child: LogicalPlan;
}

/** Named expressions of each row. */
export interface Project extends Node {
  readonly kind: "project";
  readonly projections: readonly Expression[];
  readonly child: LogicalPlan;
  /** The step of a pipe that it is, before analysis: those have no aggregates. */
  readonly pipe?: "SELECT" | "EXTEND";
}

/** The rows for which a condition is true. */
export interface Filter extends Node {
  readonly kind: "filter";
  readonly condition: Expression;
  readonly child: LogicalPlan;
}

/** Which rows without a match remain, and what comes out. */
export type JoinType = "inner" | "cross" | "left" | "right" | "full" | "semi" | "anti" | "existence";

/** Pairs of rows that satisfy a condition. */
export interface Join extends Node {
  readonly kind: "join";
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
  readonly joinType: JoinType;
  readonly condition?: Expression;
  /** Columns that must be equal and come out once: USING, or NATURAL (all common ones); only before analysis. */
  readonly using?: readonly string[] | "natural";
  /** True when the right side may refer to the left. */
  readonly lateral: boolean;
  /** The column that an existence join adds: whether a row has a match. */
  readonly exists?: Attribute;
  /** True for the null-aware anti join of NOT IN. */
  readonly nullAware?: boolean;
  readonly hint?: { readonly left?: JoinHint; readonly right?: JoinHint };
}

/** How a side should be joined. */
export type JoinHint = "broadcast" | "shuffle_hash" | "merge" | "shuffle_replicate_nl" | "no_broadcast";

/**
 * `groupings` may hold `rollup`, `cube` and `grouping sets` as calls of these names before analysis. In an analysed plan `aggregates` are named.
 */
export interface Aggregate extends Node {
  readonly kind: "aggregate";
  readonly groupings: readonly Expression[];
  readonly aggregates: readonly Expression[];
  readonly child: LogicalPlan;
  /** GROUP BY ALL. */
  readonly groupByAll?: boolean;
  /** `|> AGGREGATE`: what is grouped by comes first in the result, under its names, and is no part of `aggregates` before analysis. */
  readonly piped?: boolean;
}

/** Window functions of one partitioning and ordering; they are added behind the child's columns. */
export interface Window extends Node {
  readonly kind: "window";
  readonly windowExpressions: readonly Expression[];
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Expression[];
  readonly child: LogicalPlan;
}

/** Calls a generator for each row and joins its rows to it; `outer` keeps rows without any. */
export interface Generate extends Node {
  readonly kind: "generate";
  readonly generator: Expression;
  readonly outer: boolean;
  readonly generatorOutput: readonly Attribute[];
  readonly qualifier: readonly string[];
  readonly child: LogicalPlan;
}

/** Each input row once per projection. */
export interface Expand extends Node {
  readonly kind: "expand";
  readonly projections: readonly (readonly Expression[])[];
  readonly output: readonly Attribute[];
  readonly child: LogicalPlan;
}

/** `global` orders the whole result, else each partition. */
export interface Sort extends Node {
  readonly kind: "sort";
  readonly order: readonly Expression[];
  readonly global: boolean;
  readonly child: LogicalPlan;
  /** ORDER BY ALL. */
  readonly orderByAll?: { readonly ascending: boolean; readonly nullsFirst: boolean };
}

/** The first rows. */
export interface Limit extends Node {
  readonly kind: "limit";
  readonly limit: Expression;
  readonly child: LogicalPlan;
}

/** All but the first rows. */
export interface Offset extends Node {
  readonly kind: "offset";
  readonly offset: Expression;
  readonly child: LogicalPlan;
}

/** The last rows. */
export interface Tail extends Node {
  readonly kind: "tail";
  readonly limit: Expression;
  readonly child: LogicalPlan;
}

/** Each row once. */
export interface Distinct extends Node {
  readonly kind: "distinct";
  readonly child: LogicalPlan;
}

/** The first row of each key. */
export interface Deduplicate extends Node {
  readonly kind: "deduplicate";
  readonly keys: readonly Expression[];
  readonly child: LogicalPlan;
}

/** UNION ALL of two or more; by position, or by name. */
export interface Union extends Node {
  readonly kind: "union";
  readonly children: readonly LogicalPlan[];
  readonly byName: boolean;
  readonly allowMissingColumns: boolean;
}

/** INTERSECT or EXCEPT; ALL counts rows, else each comes once. */
export interface SetOperation extends Node {
  readonly kind: "setOperation";
  readonly operation: "intersect" | "except";
  readonly all: boolean;
  readonly left: LogicalPlan;
  readonly right: LogicalPlan;
}

/** A row is kept when a random number of [0, 1) falls into [lower, upper). */
export interface Sample extends Node {
  readonly kind: "sample";
  readonly lower: number;
  readonly upper: number;
  readonly withReplacement: boolean;
  readonly seed?: bigint;
  readonly child: LogicalPlan;
}

/** DISTRIBUTE BY, REPARTITION, COALESCE. Without expressions rows go round. */
export interface Repartition extends Node {
  readonly kind: "repartition";
  readonly expressions: readonly Expression[];
  readonly partitions?: number;
  readonly shuffle: boolean;
  readonly child: LogicalPlan;
}

/** Common tables that are computed once, and the plan that refers to them by {@link CTERelation}. Definitions come before `child`. */
export interface WithCTE extends Node {
  readonly kind: "withCTE";
  readonly definitions: readonly CTEDefinition[];
  readonly child: LogicalPlan;
}

/** A common table that is computed once. */
export interface CTEDefinition {
  readonly cteId: number;
  readonly name: string;
  readonly plan: LogicalPlan;
  /** True when the plan refers to itself: a union of the anchor and the step. */
  readonly recursive?: boolean;
  /** MAX RECURSION LEVEL, where one is written. */
  readonly levelMax?: number;
  /** True where LIMIT ALL takes the limit of rows away. */
  readonly allRows?: boolean;
}

/** Discriminator of LogicalPlan. */
export type PlanKind = LogicalPlan["kind"];

/** A named, typed column that a reader or a table declares. */
export interface ColumnDefinition {
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly comment?: string;
  readonly defaultText?: string;
}
