import { defaultSettings, type AnalysisSettings } from "@vonk/catalyst/internal";
import { parseBytes } from "@vonk/common";
import type { AdaptiveSettings } from "../physical/adaptive-settings.ts";

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

  /** How plans change between their stages. */
  get adaptive(): AdaptiveSettings {
    const prefix = "spark.sql.adaptive";
    const initial = Number(this.get(`${prefix}.coalescePartitions.initialPartitionNum`));
    const broadcastBytes = this.#bytes("spark.sql.autoBroadcastJoinThreshold") ?? 0;
    return {
      enabled: this.#is(`${prefix}.enabled`),
      coalesces: this.#is(`${prefix}.coalescePartitions.enabled`),
      parallelismFirst: this.#is(`${prefix}.coalescePartitions.parallelismFirst`),
      partitionBytesMin: this.#bytes(`${prefix}.coalescePartitions.minPartitionSize`) ?? 0,
      initialPartitions: Number.isInteger(initial) && initial > 0 ? initial : undefined,
      advisoryBytes: this.#bytes(`${prefix}.advisoryPartitionSizeInBytes`) ?? Infinity,
      broadcastBytes,
      adaptiveBroadcastBytes: this.#bytes(`${prefix}.autoBroadcastJoinThreshold`) ?? broadcastBytes,
      splitsSkew: this.#is(`${prefix}.skewJoin.enabled`),
      skewFactor: Number(this.get(`${prefix}.skewJoin.skewedPartitionFactor`)),
      skewBytesMin: this.#bytes(`${prefix}.skewJoin.skewedPartitionThresholdInBytes`) ?? Infinity,
    };
  }

  /** What becomes of a view when its tables change and it does not say; undefined where views cannot say it. */
  get viewSchemaMode(): "binding" | "compensation" | undefined {
    if (!this.#is("spark.sql.legacy.viewSchemaBindingMode")) return undefined;
    return this.#is("spark.sql.legacy.viewSchemaCompensation") ? "compensation" : "binding";
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

  /** A size; -1 is allowed and means never. */
  #bytes(key: string): number | undefined {
    const text = this.get(key)?.trim();
    if (text === undefined) return undefined;
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : parseBytes(text);
  }

  #is(key: string): boolean {
    return this.get(key)?.toLowerCase() === "true";
  }
}

const sparkDefaults = {
  "spark.sql.adaptive.advisoryPartitionSizeInBytes": "64MB",
  "spark.sql.adaptive.coalescePartitions.enabled": "true",
  "spark.sql.adaptive.coalescePartitions.minPartitionSize": "1MB",
  "spark.sql.adaptive.coalescePartitions.parallelismFirst": "true",
  "spark.sql.adaptive.enabled": "true",
  "spark.sql.adaptive.skewJoin.enabled": "true",
  "spark.sql.adaptive.skewJoin.skewedPartitionFactor": "5.0",
  "spark.sql.adaptive.skewJoin.skewedPartitionThresholdInBytes": "256MB",
  "spark.sql.ansi.enabled": "true",
  "spark.sql.autoBroadcastJoinThreshold": "10MB",
  "spark.sql.caseSensitive": "false",
  "spark.sql.cteRecursionLevelLimit": "100",
  "spark.sql.cteRecursionRowLimit": "1000000",
  "spark.sql.groupByAliases": "true",
  "spark.sql.legacy.viewSchemaBindingMode": "true",
  "spark.sql.legacy.viewSchemaCompensation": "true",
  "spark.sql.orderByOrdinal": "true",
  "spark.sql.session.timeZone": "UTC",
  "spark.sql.warehouse.dir": "spark-warehouse",
} as const;
