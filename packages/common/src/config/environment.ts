/** Settings in the environment begin with this. */
const prefix = "VONK_CONF_";

/**
 * Settings from environment variables: `VONK_CONF_spark_executor_memory=2g` sets `spark.executor.memory`.
 * `_` stands for a dot and `__` for an underscore; keys of other names than `spark.…` and `vonk.…` are left alone.
 */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>> = process.env): [string, string][] {
  const settings: [string, string][] = [];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length).replaceAll(/__|_/g, (match) => (match === "_" ? "." : "_"));
    const value = environment[name];
    if (value !== undefined && /^(spark|vonk)\./.test(key)) settings.push([key, value]);
  }
  return settings;
}

/** Puts settings into the environment of this process, for every {@link readEnvironment} from now on, whichever copy of the package reads it. */
export function writeEnvironment(settings: Iterable<readonly [string, string]>): void {
  for (const [key, value] of settings) process.env[environmentName(key)] = value;
}

/** The environment variable of a key. */
export function environmentName(key: string): string {
  return prefix + key.replaceAll("_", "__").replaceAll(".", "_");
}

/** The environment for a child process: this process's, with variables added. */
export function childEnvironment(variables: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...process.env, ...variables };
}
