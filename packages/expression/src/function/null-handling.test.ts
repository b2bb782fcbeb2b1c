import { voidType } from "@vonk/columnar/internal";
import { isNullable, literal } from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
import { callByName, testSession } from "../testing/call-by-name.ts";
import { compileExpression } from "../interpreter/compile-expression.ts";
import { allFunctions } from "./registry.ts";

const scalars = allFunctions().flatMap((definition) =>
  definition.kind === "scalar" && definition.lambdaParameters === undefined ? [definition] : [],
);

/** A call of NULLs; undefined where such a call has no types. */
function ofNulls(name: string, count: number): ReturnType<typeof callByName> | undefined {
  try {
    return callByName(
      name,
      Array.from({ length: count }, () => literal(null, voidType)),
    );
  } catch {
    return undefined;
  }
}

test("entries that promise null for null keep it, and say so", () => {
  const broken = scalars.flatMap((definition) => {
    const count = Math.max(definition.arity[0], 1);
    if (definition.nulls !== "propagate" || count > definition.arity[1]) return [];
    const made = ofNulls(definition.name, count);
    if (made === undefined) return [];
    const value = definition.compile === undefined ? compileExpression(made, testSession)([]) : null;
    return value === null && isNullable(made) ? [] : [definition.name];
  });
  expect(broken).toEqual([]);
});

test("entries that say that they are never null are not, even of nulls", () => {
  const broken = scalars.flatMap((definition) => {
    const count = Math.max(definition.arity[0], 1);
    if (definition.nulls !== "handled" || count > definition.arity[1]) return [];
    const made = ofNulls(definition.name, count);
    if (made === undefined || isNullable(made)) return [];
    try {
      return compileExpression(made, testSession)([]) === null ? [definition.name] : [];
    } catch {
      return [];
    }
  });
  expect(broken).toEqual([]);
});

test("names and aliases are each of one entry, and each says what it does", () => {
  const names = allFunctions().flatMap((definition) => [definition.name, ...(definition.aliases ?? [])]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(
    allFunctions()
      .filter((definition) => !definition.doc.endsWith("."))
      .map((definition) => definition.name),
  ).toEqual([]);
});
