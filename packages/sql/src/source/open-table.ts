import type { SparkContext } from "@vonk/core";
import { sameType, type StructType } from "@vonk/columnar/internal";
import {
  alias,
  attribute,
  cast,
  literal,
  unresolvedAttribute,
  type LogicalPlan,
  type TableRelation,
  type UnresolvedRelation,
} from "@vonk/dataframe/internal";
import type { Table } from "./table.ts";
import type { SessionValues } from "@vonk/expression/internal";
import { openPartitioned } from "./partitioned-table.ts";
import { findFormat } from "./find-format.ts";

/**
 * The table behind a name that is no view: files by their format, ``parquet.`path` `` or a reader's paths. Undefined when the name is of
 * neither form.
 */
export async function openTable(
  context: SparkContext,
  reference: UnresolvedRelation,
  session: SessionValues,
): Promise<LogicalPlan | undefined> {
  const [format = "", path] = reference.nameParts;
  const paths = reference.paths ?? (reference.nameParts.length === 2 && path !== undefined && isPath(path) ? [path] : undefined);
  if (paths === undefined) return undefined;
  const source = await findFormat(format.toLowerCase());
  const files = context.fileSystems;
  // What moments without a zone mean depends on the session's, unless the reader was told another.
  const options = { timeZone: session.timeZone, ...reference.options };
  const table = (await openPartitioned(source, files, paths, options, session)) ?? (await source.open(files, paths, options));
  const relation = tableRelation(table);
  return reference.schema === undefined ? relation : asDeclared(relation, reference.schema);
}

function tableRelation(table: Table): TableRelation {
  const output = table.schema.fields.map(({ name, dataType, nullable }) => attribute(name, dataType, nullable));
  return { kind: "table", table, output, filters: [] };
}

/** The columns that a reader declared, by name, in its types; those that the files lack are null. */
function asDeclared(relation: TableRelation, schema: StructType): LogicalPlan {
  const projections = schema.fields.map(({ name, dataType }) => {
    const found = relation.output.find((column) => column.name.toLowerCase() === name.toLowerCase());
    if (found === undefined) return alias(literal(null, dataType), name);
    const column = unresolvedAttribute([found.name]);
    return sameType(found.dataType, dataType, { ignoreNullability: true }) ? alias(column, name) : alias(cast(column, dataType), name);
  });
  return { kind: "project", projections, child: relation };
}

function isPath(text: string): boolean {
  return /[./\\:]/.test(text);
}
