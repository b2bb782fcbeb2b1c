import { dateType, decimalType, integerType, stringType, structField, structType, type DataType } from "@vonk/columnar/internal";
import { attribute, type LogicalPlan, type TableReference } from "@vonk/dataframe/internal";
import { defaultSettings, type AnalysisContext } from "../analysis/analysis-context.ts";
import { analyze } from "../analysis/analyze.ts";
import { optimize } from "../optimizer/optimize.ts";
import { parseSQL } from "../parser/parse.ts";

const columns: Readonly<Record<string, Readonly<Record<string, DataType>>>> = {
  people: { id: integerType, name: stringType, born: dateType, team: integerType },
  teams: { id: integerType, title: stringType, budget: decimalType(10, 2) },
  games: { team: integerType, points: integerType, played: dateType },
};

const rowCounts: Readonly<Record<string, number>> = { people: 1000, teams: 10, games: 100_000 };

function table(name: string): LogicalPlan | undefined {
  const found = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (found === undefined) return undefined;
  const schema = structType(Object.entries(found).map(([column, type]) => structField(column, type)));
  const reference: TableReference = { name, schema, statistics: { sizeBytes: 1, rowCount: rowCounts[name] ?? 1, columns: {} } };
  const output = schema.fields.map((field) => attribute(field.name, field.dataType, field.nullable));
  return { kind: "subqueryAlias", alias: [name], columnNames: [], child: { kind: "table", table: reference, output, filters: [] } };
}

/** A session with three tables that have columns and sizes, and no rows. */
export const smallContext: AnalysisContext = {
  relation: (reference) => table(reference.nameParts.join(".").toLowerCase()),
  settings: defaultSettings,
  session: { timeZone: "UTC", nowMicros: 0n, user: "vonk", catalog: "spark_catalog", database: "default", version: "4.3.0" },
};

/** The analysed plan of a query over the small tables. */
export function analyzed(text: string): LogicalPlan {
  return analyze(parseSQL(text), smallContext);
}

/** The optimised plan of a query over the small tables. */
export function optimized(text: string): LogicalPlan {
  return optimize(analyzed(text), { session: smallContext.session });
}
