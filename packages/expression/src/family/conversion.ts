import {
  binaryType,
  booleanType,
  byteType,
  dateType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  shortType,
  sqlType,
  stringType,
  timestampType,
  timeType,
  voidType,
  type DataType,
} from "@vonk/columnar/internal";
import { castExists, castFailure } from "../cast/cast-rule.ts";
import { conversion } from "../cast/cast-value.ts";
import { family } from "../function/family.ts";
import type { ScalarFunction } from "../function/function-entry.ts";

const casts = family("conversion");

/** `int('1')`: a cast by the name of its type. @throws DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION */
function castTo(name: string, type: DataType): ScalarFunction {
  return casts(
    name,
    `The value as ${sqlType(type)}.`,
    [],
    type,
    (site) => {
      const convert = conversion(site.args[0]?.dataType ?? voidType, type, { mode: site.mode, session: site.session });
      return (value = null) => convert?.(value) ?? null;
    },
    {
      arity: [1, 1],
      resolve: (args, site) => {
        const from = args[0]?.dataType ?? voidType;
        if (!castExists(from, type, site.mode)) throw castFailure(from, type, site.mode, `CAST(${args[0]?.sql ?? ""} AS ${sqlType(type)})`);
        return { args: [from], dataType: type };
      },
      sql: ([value = ""]) => value,
    },
  );
}

/** Casts by the names of types. */
export const conversionFunctions: readonly ScalarFunction[] = [
  castTo("boolean", booleanType),
  castTo("tinyint", byteType),
  castTo("smallint", shortType),
  castTo("int", integerType),
  castTo("bigint", longType),
  castTo("float", floatType),
  castTo("double", doubleType),
  castTo("decimal", decimalType(10, 0)),
  castTo("date", dateType),
  castTo("timestamp", timestampType),
  castTo("time", timeType(6)),
  castTo("binary", binaryType),
  castTo("string", stringType),
];
