import { integerType, longType, stringType } from "@vonk/columnar/internal";
import { aggregateCall, cast, typeOf, type Expression } from "@vonk/dataframe/internal";
import type { SparkSession } from "@vonk/sql";

/** Makes the functions that the suite registers: `udf` passes its argument through text, `udaf` counts. */
export function registerTestFunctions(spark: SparkSession): void {
  const { routines } = spark.names;
  routines.putTemporary("udf", {
    kind: "builder",
    name: "udf",
    arity: [1, 1],
    build: (args) => through(args),
  });
  routines.putTemporary("udaf", {
    kind: "builder",
    name: "udaf",
    arity: [1, 1],
    aggregates: true,
    build: (args) => cast(aggregateCall("count", args, longType, { nullable: false }), integerType),
  });
}

function through(args: readonly Expression[]): Expression {
  const [argument] = args;
  if (argument === undefined) return cast({ kind: "literal", value: null, dataType: stringType }, stringType);
  return cast(cast(argument, stringType), typeOf(argument));
}
