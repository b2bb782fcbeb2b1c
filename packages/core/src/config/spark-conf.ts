import type { ConfigEntry } from "@vonk/common";
import { readEnvironment } from "@vonk/common/internal";
import { coreErrors } from "../errors.ts";

/**
 * Settings of an application: text by key.
 * Begins with what came from outside the program (`VONK_CONF_*` in the environment, where `vonk run` puts its options and properties
 * file), as Spark's begins with the system's properties; what the program sets wins, and later `set`s win over earlier ones.
 * Keys that Vonk does not know are kept for the application's own use.
 */
export class SparkConf {
  readonly #settings = new Map<string, string>();

  /** @param loadDefaults false leaves out what came from outside the program */
  constructor(settings: Readonly<Record<string, string | number | boolean>> = {}, loadDefaults = true) {
    if (loadDefaults) this.setAll(readEnvironment());
    for (const [key, value] of Object.entries(settings)) this.set(key, value);
  }

  set(key: string, value: string | number | boolean): this {
    this.#settings.set(key, String(value));
    return this;
  }

  setAll(settings: Iterable<readonly [string, string | number | boolean]>): this {
    for (const [key, value] of settings) this.set(key, value);
    return this;
  }

  setIfMissing(key: string, value: string | number | boolean): this {
    return this.contains(key) ? this : this.set(key, value);
  }

  setMaster(master: string): this {
    return this.set("spark.master", master);
  }

  setAppName(name: string): this {
    return this.set("spark.app.name", name);
  }

  remove(key: string): this {
    this.#settings.delete(key);
    return this;
  }

  contains(key: string): boolean {
    return this.#settings.has(key);
  }

  /**
   * The setting's text, or `fallback`.
   * @throws KEY_NOT_FOUND when neither is there
   */
  get(key: string, fallback?: string): string {
    const value = this.#settings.get(key) ?? fallback;
    if (value === undefined) throw coreErrors.create("KEY_NOT_FOUND", { call: "SparkConf.get", key });
    return value;
  }

  getOption(key: string): string | undefined {
    return this.#settings.get(key);
  }

  getAll(): [string, string][] {
    return [...this.#settings].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /**
   * The parsed value of a documented entry, its default when unset.
   * @throws CONFIG_INVALID_VALUE
   */
  read<T>(entry: ConfigEntry<T>): T {
    return entry.parse(this.#settings.get(entry.key) ?? entry.defaultText);
  }

  clone(): SparkConf {
    return new SparkConf(Object.fromEntries(this.#settings), false);
  }

  toDebugString(): string {
    return this.getAll()
      .map(([key, value]) => `${key}=${/secret|password|token|credential/i.test(key) ? "*(redacted)" : value}`)
      .join("\n");
  }
}
