import { asText, type SQLValue, stringType, type StructType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { conversion, datetimeWriter, type SessionValues } from "@vonk/expression/internal";
import { TextOutput } from "@vonk/filesystem/internal";
import type { FileWriterMaker } from "@vonk/sql/spi";
import type { CSVOptions } from "../record/csv-options.ts";
import { writeField } from "../record/write-field.ts";
import { sessionOf } from "./session-of.ts";

/** What tasks need to write files. */
export interface WriteArgs {
  readonly schema: StructType;
  readonly options: CSVOptions;
}

/** CSV files of rows. */
export function writeCSV({ schema, options }: WriteArgs): FileWriterMaker {
  const session = sessionOf(options);
  const texts = schema.fields.map(({ dataType }) => textOf(dataType, session, options));
  const { separator, lineSeparator, compression } = options;
  const lineOf = (fields: readonly (string | null)[]): string =>
    fields.map((field) => writeField(field, options)).join(separator) + lineSeparator;
  return (write) => {
    const output = new TextOutput(write, compression === "none" ? undefined : compression);
    if (options.header) output.write(lineOf(schema.fields.map((field) => field.name)));
    return {
      write: (row) =>
        output.write(
          lineOf(
            texts.map((text, index) => {
              const value = row[index] ?? null;
              return value === null ? null : text(value);
            }),
          ),
        ),
      close: () => output.close(),
    };
  };
}

function textOf(type: StructType["fields"][number]["dataType"], session: SessionValues, options: CSVOptions): (value: SQLValue) => string {
  if (type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz")
    return datetimeWriter(type, session, new Map(options.formats));
  const convert = conversion(type, stringType, { mode: "try", session });
  assert(convert !== undefined, "each type that is written has a text");
  return (value) => asText(convert(value));
}
