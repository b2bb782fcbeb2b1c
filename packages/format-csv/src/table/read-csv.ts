import { type DataType, type SQLValue, stringType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { conversion } from "@vonk/expression/internal";
import { createLocalFileSystem, readLines, readWholeText } from "@vonk/filesystem/internal";
import type { PartitionReader } from "@vonk/sql/spi";
import type { CSVOptions } from "../record/csv-options.ts";
import { parseCSV } from "../record/parse-csv.ts";
import { sessionOf } from "./session-of.ts";

/** What tasks need to read files: the wanted columns by their places in a record, and their types. */
export interface ReadArgs {
  readonly columns: readonly { readonly place: number; readonly type: DataType }[];
  readonly options: CSVOptions;
}

/** A file. */
export interface FilePart {
  readonly path: string;
  readonly bytes: number;
}

/** The rows of CSV files. Fields that a record lacks, or that are no value of their column's type, are null. */
export function readCSV({ columns, options }: ReadArgs): PartitionReader {
  const files = createLocalFileSystem().sync;
  assert(files !== undefined, "local files are read synchronously");
  const session = sessionOf(options);
  const readers = columns.map(({ place, type }) => {
    const convert = type.kind === "string" ? undefined : conversion(stringType, type, { mode: "try", session });
    return (fields: readonly string[]): SQLValue => {
      const field = fields[place];
      if (field === undefined || field === options.nullValue) return null;
      return convert === undefined ? field : convert(field.trim());
    };
  });
  return function* (_partition, parts) {
    for (const part of parts) {
      const { path, bytes } = part as FilePart;
      let isHeader = options.header;
      const texts = options.multiLine ? [[readWholeText(files, path)]] : readLines(files, { path, start: 0, bytes });
      for (const batch of texts) {
        for (const text of batch) {
          for (const record of parseCSV(text, options)) {
            if (!isHeader) yield readers.map((read) => read(record));
            isHeader = false;
          }
        }
      }
    }
  };
}
