import type { SessionValues } from "@vonk/expression/internal";
import type { CompressionCodec } from "@vonk/filesystem/internal";
import { jsonErrors } from "../errors.ts";

/** What becomes of lines that are no JSON object. */
export type ParseMode = "PERMISSIVE" | "DROPMALFORMED" | "FAILFAST";

/** How JSON is read and written, by Spark's options; plain data. */
export interface JSONSettings {
  readonly mode: ParseMode;
  /** The column that has the lines that are no object. */
  readonly corruptColumn: string;
  readonly lineSeparator: string;
  readonly compression: CompressionCodec | "none";
  readonly timeZone: string;
  /** All options, by their names in small letters, for those that concern values. */
  readonly options: readonly (readonly [name: string, value: string])[];
}

const codecs: Readonly<Record<string, JSONSettings["compression"]>> = { none: "none", uncompressed: "none", gzip: "gzip", zstd: "zstd" };

/** Understands options, whose names have no case. @throws JSON_OPTION_INVALID */
export function jsonSettings(given: Readonly<Record<string, string>>): JSONSettings {
  const options = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const codec = options.get("compression") ?? options.get("codec") ?? "none";
  const compression = codecs[codec.toLowerCase()];
  if (compression === undefined)
    throw jsonErrors.create("JSON_OPTION_INVALID", {
      option: "compression",
      value: codec,
      expected: `one of ${Object.keys(codecs).join(", ")}`,
    });
  const mode = (options.get("mode") ?? "PERMISSIVE").toUpperCase();
  if (mode !== "PERMISSIVE" && mode !== "DROPMALFORMED" && mode !== "FAILFAST")
    throw jsonErrors.create("JSON_OPTION_INVALID", { option: "mode", value: mode, expected: "PERMISSIVE, DROPMALFORMED or FAILFAST" });
  return {
    mode,
    compression,
    corruptColumn: options.get("columnnameofcorruptrecord") ?? "_corrupt_record",
    lineSeparator: options.get("linesep") ?? "\n",
    timeZone: options.get("timezone") ?? "UTC",
    options: [...options].filter(([name]) => valueOptions.has(name)),
  };
}

const valueOptions = new Set(["dateformat", "timestampformat", "timestampntzformat", "timezone", "ignorenullfields"]);

/** What texts of values depend on: the zone alone. */
export function sessionOf({ timeZone }: JSONSettings): SessionValues {
  return { timeZone, nowMicros: 0n, user: "", catalog: "", database: "", version: "" };
}
