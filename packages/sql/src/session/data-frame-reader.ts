import { DataFrame } from "./data-frame.ts";
import type { SparkSession } from "./spark-session.ts";

/** Makes DataFrames of files. */
export class DataFrameReader {
  readonly #session: SparkSession;
  readonly #options: Readonly<Record<string, string>>;
  readonly #format: string;

  constructor(session: SparkSession, format = "parquet", options: Readonly<Record<string, string>> = {}) {
    this.#session = session;
    this.#format = format;
    this.#options = options;
  }

  /** A reader of another format. */
  format(name: string): DataFrameReader {
    return new DataFrameReader(this.#session, name, this.#options);
  }

  /** A reader with an option more. */
  option(name: string, value: string | number | boolean): DataFrameReader {
    return new DataFrameReader(this.#session, this.#format, { ...this.#options, [name]: String(value) });
  }

  /** The files at some paths. Whether they are there shows when the DataFrame is used. */
  load(...paths: readonly string[]): DataFrame {
    return new DataFrame(this.#session, { kind: "unresolvedRelation", nameParts: [this.#format], options: this.#options, paths });
  }

  /** Parquet files. */
  parquet(...paths: readonly string[]): DataFrame {
    return this.format("parquet").load(...paths);
  }
}
