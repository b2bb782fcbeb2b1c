import type { StructType } from "@vonk/columnar/internal";
import { jsonWriter } from "@vonk/expression/internal";
import { TextOutput } from "@vonk/filesystem/internal";
import type { FileWriterMaker } from "@vonk/sql/spi";
import { type JSONSettings, sessionOf } from "../record/json-settings.ts";

/** What tasks need to write files. */
export interface WriteArgs {
  readonly schema: StructType;
  readonly settings: JSONSettings;
}

/** Files with a line of JSON a row. */
export function writeJSON({ schema, settings }: WriteArgs): FileWriterMaker {
  const text = jsonWriter(schema, sessionOf(settings), new Map(settings.options));
  const { compression, lineSeparator } = settings;
  return (write) => {
    const output = new TextOutput(write, compression === "none" ? undefined : compression);
    return {
      write: (row) => output.write(text(row) + lineSeparator),
      close: () => output.close(),
    };
  };
}
