import { quoteIdentifier } from "@vonk/columnar/internal";
import type { SessionValues } from "@vonk/expression/internal";

/** Where names without a qualifier are looked up, as errors tell. */
export function searchPath({ catalog, database }: Pick<SessionValues, "catalog" | "database">): string {
  return `[\`system\`.\`builtin\`, \`system\`.\`session\`, ${quoteIdentifier(catalog)}.${quoteIdentifier(database)}]`;
}
