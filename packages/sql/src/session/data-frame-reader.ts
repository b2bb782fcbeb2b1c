import type { StructType } from "@vonk/columnar/internal";
import { DataFrame, type Dynamic, type Schema } from "@vonk/dataframe";
import { nameParts, type QueryEngine } from "@vonk/dataframe/internal";
import { parseSchemaText } from "@vonk/catalyst/internal";

/** What a reader was told. */
interface ReaderSettings {
  readonly format: string;
  readonly options: Readonly<Record<string, string>>;
  readonly schema?: StructType;
}

/** Makes DataFrames of files and tables. With a schema the compiler knows their columns. */
export class DataFrameReader<S extends object = Dynamic> {
  readonly #engine: QueryEngine;
  readonly #settings: ReaderSettings;

  constructor(engine: QueryEngine, settings: ReaderSettings = { format: "parquet", options: {} }) {
    this.#engine = engine;
    this.#settings = settings;
  }

  /** A reader of another format. */
  format(name: string): DataFrameReader<S> {
    return new DataFrameReader(this.#engine, { ...this.#settings, format: name });
  }

  /** A reader with an option more. */
  option(name: string, value: string | number | boolean): DataFrameReader<S> {
    const options = { ...this.#settings.options, [name]: String(value) };
    return new DataFrameReader(this.#engine, { ...this.#settings, options });
  }

  /** A reader of these columns: a schema, or its text, `city STRING, sold BIGINT`. Columns that files lack are null. */
  schema<R extends object>(columns: Schema<R>): DataFrameReader<R>;
  schema(columns: string | StructType): DataFrameReader;
  schema(columns: string | StructType): DataFrameReader {
    const schema = typeof columns === "string" ? parseSchemaText(columns) : columns;
    return new DataFrameReader(this.#engine, { ...this.#settings, schema });
  }

  /** The files at some paths. Whether they are there shows when the DataFrame is used. */
  load(...paths: readonly string[]): DataFrame<S> {
    const { format, options, schema } = this.#settings;
    const relation = { kind: "unresolvedRelation", nameParts: [format], options, paths } as const;
    return new DataFrame<S>(this.#engine, schema === undefined ? relation : { ...relation, schema });
  }

  /** Parquet files. */
  parquet(...paths: readonly string[]): DataFrame<S> {
    return this.format("parquet").load(...paths);
  }

  /** CSV files. */
  csv(...paths: readonly string[]): DataFrame<S> {
    return this.format("csv").load(...paths);
  }

  /** Files with a JSON object a line. */
  json(...paths: readonly string[]): DataFrame<S> {
    return this.format("json").load(...paths);
  }

  /** A table or view by name. */
  table(name: string): DataFrame<S> {
    return new DataFrame<S>(this.#engine, { kind: "unresolvedRelation", nameParts: nameParts(name), options: {} });
  }
}
