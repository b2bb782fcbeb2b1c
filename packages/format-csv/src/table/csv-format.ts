import { catalogString, isNested, stringType, structField, type StructType, structType } from "@vonk/columnar/internal";
import { expandPaths, extensionOf, fetchText } from "@vonk/filesystem/internal";
import type { FileFormat, Table } from "@vonk/sql/spi";
import { csvErrors } from "../errors.ts";
import { csvOptions, type CSVOptions } from "../record/csv-options.ts";
import { TypeInference } from "../record/infer-types.ts";
import { parseCSV } from "../record/parse-csv.ts";
import type { FilePart, ReadArgs } from "./read-csv.ts";

/** Enough for a header. */
const headerBytes = 1 << 20;

/** CSV files as tables. Columns are text unless `inferSchema` is said or the reader has a schema. */
export const fileFormat: FileFormat = {
  async open(fileSystems, paths, given) {
    const options = csvOptions(given);
    const files = await expandPaths(fileSystems, paths.join(","));
    const texts: string[] = [];
    for (const file of options.inferSchema ? files : files.slice(0, 1)) {
      texts.push(await fetchText(await fileSystems.get(file.path), file, options.inferSchema ? Infinity : headerBytes));
    }
    if (files.length === 0) throw csvErrors.create("CSV_NO_FILES", { paths: [...paths] });
    const schema = schemaOf(texts, options);
    const parts = files.map(({ path, bytes }): FilePart => ({ path, bytes }));
    return tableOf(paths.join(","), parts, schema, options);
  },
  writer(schema, given) {
    const options = csvOptions(given);
    for (const { name, dataType } of schema.fields) {
      if (isNested(dataType) || dataType.kind === "variant" || dataType.kind === "interval")
        throw csvErrors.create("CSV_TYPE_NOT_WRITABLE", { column: name, type: catalogString(dataType) });
    }
    const module = new URL("./write-csv.ts", import.meta.url).href;
    const extension = `.csv${options.compression === "none" ? "" : extensionOf(options.compression)}`;
    return { module, export: "writeCSV", args: { schema, options }, extension };
  },
};

/** The columns by the first record, which may name them, and their types by all. */
function schemaOf(texts: readonly string[], options: CSVOptions): StructType {
  let names: readonly string[] | undefined;
  let types: TypeInference | undefined;
  for (const text of texts) {
    let isHeader = options.header;
    for (const record of parseCSV(text, options)) {
      names ??= isHeader ? namesOf(record) : record.map((_, index) => `_c${index}`);
      types ??= new TypeInference(names.length, options.nullValue);
      if (!options.inferSchema) break;
      if (!isHeader) types.add(record);
      isHeader = false;
    }
  }
  const found = types?.types() ?? [];
  return structType((names ?? []).map((name, index) => structField(name, found[index] ?? stringType)));
}

/** Columns without a name have their place's, and those of one name its place behind it. */
function namesOf(record: readonly string[]): string[] {
  const lower = record.map((name) => name.toLowerCase());
  return record.map((name, index) => {
    if (name === "") return `_c${index}`;
    return lower.indexOf(name.toLowerCase()) === lower.lastIndexOf(name.toLowerCase()) ? name : `${name}${index}`;
  });
}

function tableOf(name: string, parts: readonly FilePart[], schema: StructType, options: CSVOptions): Table {
  return {
    name,
    schema,
    statistics: { sizeBytes: parts.reduce((sum, part) => sum + part.bytes, 0), columns: {} },
    scan: (columns) => {
      const args: ReadArgs = {
        options,
        columns: columns.map((column) => {
          const place = schema.fields.findIndex((field) => field.name === column);
          return { place, type: schema.fields[place]?.dataType ?? stringType };
        }),
      };
      const reader = { module: new URL("./read-csv.ts", import.meta.url).href, export: "readCSV", args };
      return { description: `csv, ${parts.length} file(s)`, partitions: parts, reader };
    },
  };
}
