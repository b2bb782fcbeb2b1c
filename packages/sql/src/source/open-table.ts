import type { SparkContext } from "@vonk/core";
import { attribute, type LogicalPlan, type UnresolvedRelation } from "@vonk/dataframe/internal";
import { findFormat } from "./find-format.ts";

/**
 * The table behind a name that is no view: files by their format, ``parquet.`path` `` or a reader's paths. Undefined when the name is of
 * neither form.
 */
export async function openTable(context: SparkContext, reference: UnresolvedRelation): Promise<LogicalPlan | undefined> {
  const [format = "", path] = reference.nameParts;
  const paths = reference.paths ?? (reference.nameParts.length === 2 && path !== undefined && isPath(path) ? [path] : undefined);
  if (paths === undefined) return undefined;
  const source = await findFormat(format.toLowerCase());
  const table = await source.open(context.fileSystems, paths, reference.options);
  const output = table.schema.fields.map(({ name, dataType, nullable }) => attribute(name, dataType, nullable));
  return { kind: "table", table, output, filters: [] };
}

function isPath(text: string): boolean {
  return /[./\\:]/.test(text);
}
