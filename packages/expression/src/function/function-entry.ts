import type { DataType, SQLValue } from "@vonk/columnar/internal";
import type { EvalMode } from "@vonk/dataframe/internal";

/** An argument as the choice of types sees it. */
export interface Argument {
  readonly dataType: DataType;
  readonly nullable: boolean;
  /** Present when the argument is a constant; `value` is null for NULL. */
  readonly constant?: { readonly value: SQLValue };
  /** How errors show it. Made when it is read: only for an error. */
  readonly sql: string;
  /** The name of a column or an alias. */
  readonly name?: string;
  /** Present for `x -> …`: how many parameters it names. Type and nullability are then those of its body. */
  readonly lambda?: { readonly parameters: number };
}

/** What a higher-order function promises of one parameter of a lambda. */
export interface LambdaParameter {
  readonly dataType: DataType;
  readonly nullable: boolean;
}

/** A lambda argument at run time: the value of its body for values of its parameters, for the row at hand. */
export type LambdaFunction = (...values: SQLValue[]) => SQLValue;

/** What resolving a call gives: the types that arguments are cast to, and what comes out. */
export interface Resolution {
  readonly args: readonly DataType[];
  readonly dataType: DataType;
  /** Without it: null when some argument can be null, or when the mode makes failures null. */
  readonly nullable?: boolean;
}

/** What a call's types may depend on beside its arguments. */
export interface ResolutionSite {
  readonly name: string;
  readonly mode: EvalMode;
  /** `spark.sql.ansi.enabled`, which also decides how types are coerced. */
  readonly ansi: boolean;
  /** What an aggregate function's WITHIN GROUP orders by. */
  readonly orderBy?: readonly Argument[];
}

/** What a call's meaning may depend on beside its arguments; fixed when a query starts. */
export interface CallSite {
  readonly name: string;
  readonly args: readonly { readonly dataType: DataType; readonly constant?: { readonly value: SQLValue }; readonly nullable?: boolean }[];
  readonly dataType: DataType;
  readonly mode: EvalMode;
  readonly session: SessionValues;
  /** WITHIN GROUP (ORDER BY …) of an aggregate function: the values of these keys stand behind the arguments that `update` gets. */
  readonly orderBy?: readonly OrderKey[];
  /** True for IGNORE NULLS. */
  readonly ignoreNulls?: boolean;
}

/** A key that rows are ordered by. */
export interface OrderKey {
  readonly dataType: DataType;
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
}

/** What a session fixes for all expressions of a query. */
export interface SessionValues {
  /** An IANA name or an offset. */
  readonly timeZone: string;
  /** Microseconds since the epoch: what `now()` is throughout the query. */
  readonly nowMicros: bigint;
  readonly user: string;
  readonly catalog: string;
  readonly database: string;
  readonly version: string;
  /** The partition whose rows are computed; 0 where there is but one. */
  readonly partition?: number;
}

/** The meaning of a function for one row. With nulls: "propagate" it is never called with null. */
export type Evaluator = (...args: SQLValue[]) => SQLValue;

/** A compiled expression: its value for a row. */
export type RowFunction = (row: readonly SQLValue[]) => SQLValue;

interface FunctionEntry {
  /** Lower case; operators by their sign. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: string;
  /** One line: what it returns. */
  readonly doc: string;
  /** Least and greatest number of arguments. */
  readonly arity: readonly [number, number];
  /** @throws EngineError DATATYPE_MISMATCH_… when the argument types do not fit */
  readonly resolve: (args: readonly Argument[], site: ResolutionSite) => Resolution;
  /** Names for calls with named arguments, where Spark allows them. */
  readonly parameterNames?: readonly string[];
  /** The generated column name; without it `name(arg, arg)`. */
  readonly sql?: (args: readonly string[], name: string) => string;
}

/**
 * A function of one row. The interpreter's `evaluator` (or `compile`, for forms that do not evaluate all their arguments) is its meaning;
 * every other form is tested equal to it.
 */
export interface ScalarFunction extends FunctionEntry {
  readonly kind: "scalar";
  /** "propagate": null when an argument is null, and the evaluator sees none; "handled": the evaluator decides. */
  readonly nulls: "propagate" | "handled";
  /** False for functions that may differ from call to call; they are not folded, pushed or repeated. */
  readonly deterministic?: boolean;
  readonly evaluator?: (site: CallSite) => Evaluator;
  readonly compile?: (args: readonly RowFunction[], site: CallSite) => RowFunction;
  /**
   * For functions that take lambdas: the parameters that argument `index` gets, asked before its body is resolved. Of `args` those that are
   * lambdas not yet resolved have the type VOID. Empty for arguments that are no lambdas.
   */
  readonly lambdaParameters?: (args: readonly Argument[], index: number, site: ResolutionSite) => readonly LambdaParameter[];
  /** In place of `evaluator` for functions that take lambdas: of the values of the other arguments, in order, and the lambdas. */
  readonly higherOrder?: (site: CallSite) => (values: readonly SQLValue[], lambdas: readonly LambdaFunction[]) => SQLValue;
}

/**
 * An aggregate function: a state that rows are added to, that merges with others of its kind, and that has a result. A state is an array of
 * SQL values, so that it can travel; `stateTypes` says of what types.
 */
export interface AggregateFunction extends FunctionEntry {
  readonly kind: "aggregate";
  /** True when rows with a null argument are left out before `update`. */
  readonly skipsNulls: boolean;
  /** True when the order of rows may change the result. */
  readonly ordered?: boolean;
  readonly instance: (site: CallSite) => AggregateInstance;
}

/** An aggregate function for arguments of given types. */
export interface AggregateInstance {
  readonly stateTypes: readonly DataType[];
  readonly create: () => AggregateState;
  readonly update: (state: AggregateState, args: readonly SQLValue[]) => void;
  readonly merge: (state: AggregateState, other: AggregateState) => void;
  readonly finish: (state: AggregateState) => SQLValue;
}

/** Mutable, one a group. */
export type AggregateState = SQLValue[];

/** A function that only windows have: its value depends on where the row stands in its partition. */
export interface WindowFunction extends FunctionEntry {
  readonly kind: "window";
  /** Values for all rows of one partition, which is sorted. `peers[i]` is the index of the first row equal to row i by the order. */
  readonly evaluate: (partition: WindowPartition, site: CallSite) => SQLValue[];
  /** True when it has no meaning without ORDER BY. */
  readonly needsOrder: boolean;
}

/** The sorted rows of one window partition. */
export interface WindowPartition {
  readonly size: number;
  readonly peers: Int32Array;
  /** Argument `index` at row `row`. */
  readonly argument: (index: number, row: number) => SQLValue;
  readonly ignoreNulls: boolean;
}

/** A function that makes rows; in SELECT, LATERAL VIEW or FROM. Its `dataType` is the struct of its columns. */
export interface GeneratorFunction extends FunctionEntry {
  readonly kind: "generator";
  /** True for the forms that give a row of nulls when there would be none. */
  readonly outer?: boolean;
  readonly rows: (site: CallSite) => (...args: SQLValue[]) => Iterable<readonly SQLValue[]>;
}

/** Any entry of the registry. */
export type FunctionDefinition = ScalarFunction | AggregateFunction | WindowFunction | GeneratorFunction;
