import { catalogString, type DataType, isNested, stringType, structField, type StructType, structType } from "@vonk/columnar/internal";
import { inferSchema, type JSONNode, parseJSON } from "@vonk/expression/internal";
import { expandPaths, extensionOf, fetchText } from "@vonk/filesystem/internal";
import type { FileFormat, Table } from "@vonk/sql/spi";
import { jsonErrors } from "../errors.ts";
import { type JSONSettings, jsonSettings } from "../record/json-settings.ts";
import { type FilePart, isRecord, type ReadArgs } from "./read-json.ts";

/** Files with a JSON object a line as tables. Their columns are found by reading all of them. */
export const fileFormat: FileFormat = {
  async open(fileSystems, paths, given) {
    const settings = jsonSettings(given);
    const files = await expandPaths(fileSystems, paths.join(","));
    if (files.length === 0) throw jsonErrors.create("JSON_NO_FILES", { paths: [...paths] });
    const records: JSONNode[] = [];
    let hasCorrupt = false;
    for (const file of files) {
      const text = await fetchText(await fileSystems.get(file.path), file);
      for (const line of text.split(/\r?\n/)) {
        if (line.trim() === "") continue;
        const node = parseJSON(line);
        if (node === undefined || !isRecord(node)) hasCorrupt = true;
        else records.push(...(node.kind === "array" ? node.items : [node]));
      }
    }
    const parts = files.map(({ path, bytes }): FilePart => ({ path, bytes }));
    return tableOf(paths.join(","), parts, schemaOf(records, hasCorrupt, settings), settings);
  },
  writer(schema, given) {
    const settings = jsonSettings(given);
    for (const { name, dataType } of schema.fields) checkType(name, dataType);
    const module = new URL("./write-json.ts", import.meta.url).href;
    const extension = `.json${settings.compression === "none" ? "" : extensionOf(settings.compression)}`;
    return { module, export: "writeJSON", args: { schema, settings }, extension };
  },
};

/** The fields of all records in the order of their names; lines that are none have a column of their own. */
function schemaOf(records: readonly JSONNode[], hasCorrupt: boolean, settings: JSONSettings): StructType {
  const all = inferSchema({ kind: "array", items: records });
  const fields = all.kind === "array" && all.element.kind === "struct" ? all.element.fields : [];
  if (!hasCorrupt || settings.mode !== "PERMISSIVE") return structType(fields);
  return structType([structField(settings.corruptColumn, stringType), ...fields]);
}

/** @throws JSON_TYPE_NOT_WRITABLE */
function checkType(column: string, type: DataType): void {
  if (type.kind === "interval") throw jsonErrors.create("JSON_TYPE_NOT_WRITABLE", { column, type: catalogString(type) });
  if (!isNested(type)) return;
  if (type.kind === "struct") for (const field of type.fields) checkType(`${column}.${field.name}`, field.dataType);
  if (type.kind === "array") checkType(column, type.element);
  if (type.kind === "map") checkType(column, type.value);
}

function tableOf(name: string, parts: readonly FilePart[], schema: StructType, settings: JSONSettings): Table {
  return {
    name,
    schema,
    statistics: { sizeBytes: parts.reduce((sum, part) => sum + part.bytes, 0), columns: {} },
    scan: (columns) => {
      const fields = columns.flatMap((column) => schema.fields.filter((field) => field.name === column));
      const args: ReadArgs = { settings, schema: structType(fields) };
      const reader = { module: new URL("./read-json.ts", import.meta.url).href, export: "readJSON", args };
      return { description: `json, ${parts.length} file(s)`, partitions: parts, reader };
    },
  };
}
