import type { CompressionCodec } from "@vonk/filesystem/internal";
import { csvErrors } from "../errors.ts";

/** How CSV is read and written, by Spark's options; plain data. */
export interface CSVOptions {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
  readonly header: boolean;
  readonly inferSchema: boolean;
  readonly nullValue: string;
  readonly quoteAll: boolean;
  readonly escapeQuotes: boolean;
  /** Whether blanks at the begin and end of fields are left out; of written fields unless said, of read ones when said. */
  readonly ignoreLeading: boolean | undefined;
  readonly ignoreTrailing: boolean | undefined;
  /** What is written for text without characters. */
  readonly emptyValue: string;
  readonly lineSeparator: string;
  readonly multiLine: boolean;
  /** Lines that begin with it are none; empty for none. */
  readonly comment: string;
  readonly compression: CompressionCodec | "none";
  readonly timeZone: string;
  /** Patterns of dates and times by the names that `datetimeWriter` knows. */
  readonly formats: readonly (readonly [name: string, pattern: string])[];
}

const codecs: Readonly<Record<string, CSVOptions["compression"]>> = { none: "none", uncompressed: "none", gzip: "gzip", zstd: "zstd" };

/** Understands options, whose names have no case. @throws CSV_OPTION_INVALID */
export function csvOptions(given: Readonly<Record<string, string>>): CSVOptions {
  const options = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const flag = <T>(name: string, absent: T): boolean | T => {
    const value = options.get(name.toLowerCase());
    if (value === undefined) return absent;
    if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === "true";
    throw csvErrors.create("CSV_OPTION_INVALID", { option: name, value, expected: "true or false" });
  };
  const character = (name: string, absent: string): string => {
    const value = options.get(name.toLowerCase()) ?? absent;
    if (value.length > 1) throw csvErrors.create("CSV_OPTION_INVALID", { option: name, value, expected: "one character, or none" });
    return value;
  };
  const separator = (options.get("sep") ?? options.get("delimiter") ?? ",").replaceAll("\\t", "\t");
  if (separator === "")
    throw csvErrors.create("CSV_OPTION_INVALID", { option: "sep", value: separator, expected: "at least one character" });
  const codec = options.get("compression") ?? options.get("codec") ?? "none";
  const compression = codecs[codec.toLowerCase()];
  if (compression === undefined)
    throw csvErrors.create("CSV_OPTION_INVALID", {
      option: "compression",
      value: codec,
      expected: `one of ${Object.keys(codecs).join(", ")}`,
    });
  return {
    separator,
    quote: character("quote", '"'),
    escape: character("escape", "\\"),
    header: flag("header", false),
    inferSchema: flag("inferSchema", false),
    nullValue: options.get("nullvalue") ?? "",
    quoteAll: flag("quoteAll", false),
    escapeQuotes: flag("escapeQuotes", true),
    ignoreLeading: flag("ignoreLeadingWhiteSpace", undefined),
    ignoreTrailing: flag("ignoreTrailingWhiteSpace", undefined),
    emptyValue: options.get("emptyvalue") ?? '""',
    lineSeparator: options.get("linesep") ?? "\n",
    multiLine: flag("multiLine", false),
    comment: character("comment", ""),
    compression,
    timeZone: options.get("timezone") ?? "UTC",
    formats: ["dateformat", "timestampformat", "timestampntzformat"].flatMap((name) => {
      const pattern = options.get(name);
      return pattern === undefined ? [] : [[name, pattern] as const];
    }),
  };
}
