import type { DataType, SQLValue, StructField } from "@vonk/columnar/internal";
import type { Expression, LogicalPlan } from "@vonk/dataframe/internal";

/** A parameter of a SQL function. */
export interface RoutineParameter {
  readonly name: string;
  readonly dataType: DataType;
  /** What stands in the place of an argument that is not given; unresolved. */
  readonly otherwise?: Expression;
}

/** A function whose meaning is SQL text: an expression, or for a table function a query. */
export interface SQLRoutine {
  readonly kind: "sql";
  /** How columns are named after its calls: with the schema, for one that is not temporary. */
  readonly name: string;
  readonly parameters: readonly RoutineParameter[];
  /** The type of its value, or the columns of its rows. */
  readonly returns: DataType | readonly StructField[];
  /** Unresolved. */
  readonly body: Expression | LogicalPlan;
}

/** A function that makes an expression of its resolved arguments. */
export interface ExpressionRoutine {
  readonly kind: "builder";
  readonly name: string;
  readonly arity: readonly [number, number];
  /** True when the expression has an aggregate function. */
  readonly aggregates?: boolean;
  readonly build: (args: readonly Expression[]) => Expression;
}

/** A function that a session made. */
export type SessionRoutine = SQLRoutine | ExpressionRoutine;

/** A variable of a session. */
export interface SessionVariable {
  readonly name: string;
  readonly dataType: DataType;
  readonly value: SQLValue;
  /** The expression of its default, which SET … = DEFAULT gives it again. */
  readonly defaultText: string;
}
