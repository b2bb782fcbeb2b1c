import { defaultSettings, type AnalysisSettings } from "@vonk/catalyst/internal";

/** The settings of one session, which `SET key = value` changes too. Those that nobody set have Spark's defaults. */
export class RuntimeConfig {
  readonly #defaults: ReadonlyMap<string, string>;
  readonly #values = new Map<string, string>();

  constructor(initial: Readonly<Record<string, string>> = {}) {
    this.#defaults = new Map([...Object.entries(sparkDefaults), ...Object.entries(initial)]);
  }

  /** The value of a key, or its default; undefined when it has neither. */
  get(key: string): string | undefined {
    return this.#values.get(key) ?? this.#defaults.get(key);
  }

  /** Sets a key for queries that are made from now on. */
  set(key: string, value: string | number | boolean): void {
    this.#values.set(key, String(value));
  }

  /** Gives a key its default again. */
  unset(key: string): void {
    this.#values.delete(key);
  }

  /** Gives all keys their defaults again. */
  reset(): void {
    this.#values.clear();
  }

  /** All keys that have a value, sorted. */
  get all(): readonly (readonly [key: string, value: string])[] {
    return [...new Map([...this.#defaults, ...this.#values])].toSorted(([a], [b]) => (a < b ? -1 : 1));
  }

  /** What the analyzer takes from the settings. */
  get analysis(): AnalysisSettings {
    return {
      ...defaultSettings,
      ansi: this.#is("spark.sql.ansi.enabled"),
      caseSensitive: this.#is("spark.sql.caseSensitive"),
      ordinals: this.#is("spark.sql.orderByOrdinal"),
      groupByAliases: this.#is("spark.sql.groupByAliases"),
      excludedRules: new Set(this.#names("spark.sql.optimizer.excludedRules")),
      timestampNTZ: this.get("spark.sql.timestampType")?.toUpperCase() === "TIMESTAMP_NTZ",
    };
  }

  /** False interprets everything. */
  get compiled(): boolean {
    return this.get("spark.sql.codegen.wholeStage")?.toLowerCase() !== "false";
  }

  /** Partitions of a shuffle; undefined leaves them to the cores there are. */
  get shufflePartitions(): number | undefined {
    const count = Number(this.get("spark.sql.shuffle.partitions"));
    return Number.isInteger(count) && count > 0 ? count : undefined;
  }

  /** Bounds of recursive queries; -1 is none. */
  get recursion(): { readonly levelMax: number; readonly rowMax: number } {
    const bound = (key: string): number => {
      const value = Number(this.get(key));
      return value < 0 ? Infinity : value;
    };
    return { levelMax: bound("spark.sql.cteRecursionLevelLimit"), rowMax: bound("spark.sql.cteRecursionRowLimit") };
  }

  /** Names of a list, without the packages that Spark's have. */
  #names(key: string): string[] {
    const names = (this.get(key) ?? "").split(",").map((name) => name.trim().split(".").at(-1) ?? "");
    return names.filter((name) => name !== "");
  }

  #is(key: string): boolean {
    return this.get(key)?.toLowerCase() === "true";
  }
}

const sparkDefaults = {
  "spark.sql.ansi.enabled": "true",
  "spark.sql.caseSensitive": "false",
  "spark.sql.cteRecursionLevelLimit": "100",
  "spark.sql.cteRecursionRowLimit": "1000000",
  "spark.sql.groupByAliases": "true",
  "spark.sql.orderByOrdinal": "true",
  "spark.sql.session.timeZone": "UTC",
  "spark.sql.warehouse.dir": "spark-warehouse",
} as const;
