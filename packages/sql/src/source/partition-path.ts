/*
 * Folders that name values of columns, as Hive has them: `year=2020/city=Oslo/part-00000.parquet`.
 */

/** What stands for null, and for text that is empty. */
const nullName = "__HIVE_DEFAULT_PARTITION__";

/** The folder of some columns' values. */
export function partitionFolder(columns: readonly (readonly [name: string, value: string | null])[]): string {
  return columns.map(([name, value]) => `${escape(name)}=${value === null || value === "" ? nullName : escape(value)}`).join("/");
}

/** The columns that the folders of a path below a root name; undefined when one of them names none. */
export function partitionValues(relative: string): (readonly [name: string, value: string | null])[] | undefined {
  const values: (readonly [string, string | null])[] = [];
  for (const folder of relative.split("/").filter((part) => part !== "")) {
    const at = folder.indexOf("=");
    if (at <= 0) return undefined;
    const value = unescape(folder.slice(at + 1));
    values.push([unescape(folder.slice(0, at)), value === nullName ? null : value]);
  }
  return values;
}

/** Characters that folders cannot have, or that mean something in paths. */
const special = /[\x00-\x1f"#%'*/:=?\\\x7f{[\]^]/g;

function escape(text: string): string {
  return text.replace(special, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

function unescape(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
