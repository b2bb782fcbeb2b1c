import type { SQLRow, SQLValue, StructType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { type JSONNode, jsonReader, parseJSON } from "@vonk/expression/internal";
import { createLocalFileSystem, readLines } from "@vonk/filesystem/internal";
import type { PartitionReader } from "@vonk/sql/spi";
import { jsonErrors } from "../errors.ts";
import { type JSONSettings, sessionOf } from "../record/json-settings.ts";

/** What tasks need to read files: the wanted columns. */
export interface ReadArgs {
  readonly schema: StructType;
  readonly settings: JSONSettings;
}

/** A file. */
export interface FilePart {
  readonly path: string;
  readonly bytes: number;
}

/** The rows of files with a JSON object a line. What a value's column cannot hold is null. @throws JSON_RECORD_MALFORMED */
export function readJSON({ schema, settings }: ReadArgs): PartitionReader {
  const files = createLocalFileSystem().sync;
  assert(files !== undefined, "local files are read synchronously");
  const read = jsonReader(schema, sessionOf(settings), new Map(settings.options));
  const corrupt = schema.fields.findIndex((field) => field.name === settings.corruptColumn);
  return function* (_partition, parts) {
    for (const part of parts) {
      const { path, bytes } = part as FilePart;
      for (const lines of readLines(files, { path, start: 0, bytes })) {
        for (const line of lines) {
          if (line.trim() === "") continue;
          const node = parseJSON(line);
          if (node !== undefined && isRecord(node)) yield* rowsOf(node, read);
          else if (settings.mode === "FAILFAST") throw jsonErrors.create("JSON_RECORD_MALFORMED", { path, record: line });
          else if (settings.mode === "PERMISSIVE") yield schema.fields.map((_, index) => (index === corrupt ? line : null));
        }
      }
    }
  };
}

/** Whether a line is an object, or a list of objects, each a row. */
export function isRecord(node: JSONNode): boolean {
  return node.kind === "object" || (node.kind === "array" && node.items.every((item) => item.kind === "object"));
}

function* rowsOf(node: JSONNode, read: (node: JSONNode) => SQLValue): Generator<SQLRow> {
  for (const item of node.kind === "array" ? node.items : [node]) {
    const row = read(item);
    if (Array.isArray(row)) yield row as SQLRow;
  }
}
