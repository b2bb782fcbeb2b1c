import type { Attribute, Origin } from "@vonk/dataframe/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { analysisError } from "../error/analysis-error.ts";
import { isHidden } from "./hidden-column.ts";

/** A column found, and the names behind it that are fields of its struct. */
export interface ScopeMatch {
  readonly attribute: Attribute;
  readonly fields: readonly string[];
}

/** The columns that expressions of one node can name. */
export class Scope {
  readonly attributes: readonly Attribute[];
  readonly #caseSensitive: boolean;
  readonly #byName: Map<string, Attribute[]>;

  constructor(attributes: readonly Attribute[], caseSensitive: boolean) {
    this.attributes = attributes;
    this.#caseSensitive = caseSensitive;
    this.#byName = Map.groupBy(attributes, (attribute) => this.#fold(attribute.name));
  }

  /**
   * The column that a name means: the longest qualifier that fits comes first, then a column name with fields behind it; undefined when none does.
   * @throws AnalysisError AMBIGUOUS_REFERENCE
   */
  find(nameParts: readonly string[], origin: Origin | undefined): ScopeMatch | undefined {
    for (let at = nameParts.length - 1; at >= 0; at--) {
      const candidates = this.#byName.get(this.#fold(nameParts[at] ?? "")) ?? [];
      const qualifier = nameParts.slice(0, at);
      const named = distinct(candidates.filter((attribute) => this.#qualifies(attribute, qualifier)));
      const visible = named.filter((attribute) => !isHidden(attribute));
      const matches = visible.length > 0 ? visible : qualifier.length === 0 ? [] : named;
      const [match, ...others] = matches;
      if (match === undefined) continue;
      const fields = nameParts.slice(at + 1);
      // A column of one part without fields behind it may still be meant as a field of a struct column when the qualifier does not fit.
      if (fields.length > 0 && match.dataType.kind !== "struct" && match.dataType.kind !== "map" && match.dataType.kind !== "array")
        continue;
      if (others.length > 0) throw ambiguous(nameParts, matches, origin);
      return { attribute: match, fields };
    }
    return undefined;
  }

  /** All columns, or those of one qualifier; undefined when there is no such qualifier. */
  star(target: readonly string[]): readonly Attribute[] | undefined {
    if (target.length === 0) return this.attributes.filter((attribute) => !isHidden(attribute));
    const found = this.attributes.filter((attribute) => this.#qualifies(attribute, target));
    return found.length === 0 ? undefined : found;
  }

  /** Names that a misspelt one may have meant, best first, at most five, quoted. */
  suggestions(nameParts: readonly string[]): string[] {
    const wanted = nameParts.join(".").toLowerCase();
    const one = nameParts.length === 1;
    const qualifiers = new Set(this.attributes.map((attribute) => attribute.qualifier.join(".")));
    return this.attributes
      .filter((attribute) => !isHidden(attribute))
      .map((attribute, index) => {
        const qualified = [...attribute.qualifier, attribute.name];
        const compared = one ? attribute.name : qualified.join(".");
        const shown = one && qualifiers.size <= 1 ? [attribute.name] : qualified;
        return { text: shown.map(quoteIdentifier).join("."), distance: editDistance(compared.toLowerCase(), wanted), index };
      })
      .toSorted((a, b) => a.distance - b.distance || a.index - b.index)
      .slice(0, 5)
      .map(({ text }) => text);
  }

  #qualifies(attribute: Attribute, qualifier: readonly string[]): boolean {
    const own = attribute.qualifier;
    if (qualifier.length > own.length) return false;
    return qualifier.every((part, index) => this.#fold(part) === this.#fold(own[own.length - qualifier.length + index] ?? ""));
  }

  #fold(name: string): string {
    return this.#caseSensitive ? name : name.toLowerCase();
  }
}

function distinct(attributes: readonly Attribute[]): Attribute[] {
  return [...new Map(attributes.map((attribute) => [attribute.exprId, attribute])).values()];
}

function ambiguous(nameParts: readonly string[], matches: readonly Attribute[], origin: Origin | undefined): Error {
  const names = matches.map((attribute) => [...attribute.qualifier, attribute.name].map(quoteIdentifier).join("."));
  return analysisError(
    "AMBIGUOUS_REFERENCE",
    { name: nameParts.map(quoteIdentifier).join("."), referenceNames: `[${names.toSorted().join(", ")}]` },
    origin,
  );
}

/** Insertions, deletions and replacements from one text to the other. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
