import { parquetErrors } from "../errors.ts";
import type { BloomOptions } from "../writer/bloom-builder.ts";
import type { ParquetWriteCodec } from "../writer/compress-page.ts";

/** Spark's names for codecs. */
const codecNames: Readonly<Record<string, ParquetWriteCodec>> = {
  none: "none",
  uncompressed: "none",
  snappy: "snappy",
  gzip: "gzip",
  zstd: "zstd",
};

/** How files are written, as plain data. */
export interface WriteSettings {
  readonly codec: ParquetWriteCodec;
  readonly limits: {
    readonly rowGroupBytesMax?: number;
    readonly pageBytesMax?: number;
    readonly pageValuesMax?: number;
    readonly dictionaryBytesMax?: number;
  };
  readonly bloom: BloomSettings;
}

/** The options of Bloom filters for all columns (`""`) and for some. */
interface BloomSettings {
  readonly enabled: Readonly<Record<string, boolean>>;
  readonly rate: Readonly<Record<string, number>>;
  readonly distinct: Readonly<Record<string, number>>;
  readonly bytesMax: number;
}

/**
 * Understands the options of a writer: `compression`, and parquet-mr's names for sizes and Bloom filters. What concerns one column is written
 * `name#column`, and stands before what is said for all.
 * @throws PARQUET_CODEC_UNKNOWN, PARQUET_OPTION_INVALID
 */
export function writeSettings(options: Readonly<Record<string, string>>): WriteSettings {
  const codec = (options["compression"] ?? options["parquet.compression"] ?? "snappy").toLowerCase();
  const known = codecNames[codec];
  if (known === undefined) throw parquetErrors.create("PARQUET_CODEC_UNKNOWN", { codec, codecs: Object.keys(codecNames) });
  const size = (name: string): number | undefined => byColumn(options, name, positive)[""];
  const hasDictionary = byColumn(options, "parquet.enable.dictionary", toBoolean)[""] ?? true;
  const limits = {
    rowGroupBytesMax: size("parquet.block.size"),
    pageBytesMax: size("parquet.page.size"),
    pageValuesMax: size("parquet.page.row.count.limit"),
    dictionaryBytesMax: hasDictionary ? size("parquet.dictionary.page.size") : 0,
  };
  return {
    codec: known,
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)),
    bloom: {
      enabled: byColumn(options, "parquet.bloom.filter.enabled", toBoolean),
      rate: byColumn(options, "parquet.bloom.filter.fpp", toRate),
      distinct: byColumn(options, "parquet.bloom.filter.expected.ndv", positive),
      bytesMax: size("parquet.bloom.filter.max.bytes") ?? 1 << 20,
    },
  };
}

/** The Bloom filter of a column; undefined when it is to have none. */
export function bloomOptions({ enabled, rate, distinct, bytesMax }: BloomSettings, column: string): BloomOptions | undefined {
  if (!(enabled[column] ?? enabled[""] ?? false)) return undefined;
  const expectedDistinct = distinct[column] ?? distinct[""];
  const falsePositiveRate = rate[column] ?? rate[""] ?? 0.01;
  return { falsePositiveRate, bytesMax, ...(expectedDistinct === undefined ? {} : { expectedDistinct }) };
}

/** The values of an option by column, that for all columns under `""`. */
function byColumn<T>(
  options: Readonly<Record<string, string>>,
  name: string,
  read: (text: string) => T | undefined,
): Readonly<Record<string, T>> {
  const found: [string, T][] = [];
  for (const [key, text] of Object.entries(options)) {
    const [option = "", ...column] = key.split("#");
    if (option.toLowerCase() !== name) continue;
    const value = read(text.trim().toLowerCase());
    if (value === undefined) throw parquetErrors.create("PARQUET_OPTION_INVALID", { option: key, value: text });
    found.push([column.join("#"), value]);
  }
  return Object.fromEntries(found);
}

function toBoolean(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

function positive(text: string): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function toRate(text: string): number | undefined {
  const value = Number(text);
  return value > 0 && value < 1 ? value : undefined;
}
