import type { DataType } from "@vonk/columnar/internal";
import type { CallSite, Evaluator, ScalarFunction } from "./function-entry.ts";
import { signature, type Parameter } from "./signature.ts";

/** What a family may say of an entry beside its types and meaning. */
export type EntryOptions = Partial<Omit<ScalarFunction, "kind" | "name" | "doc" | "evaluator">>;

/** Makes scalar entries of one group: as many arguments as parameters, null for null, unless `options` say otherwise. */
export type FamilyEntry = (
  name: string,
  doc: string,
  parameters: readonly Parameter[],
  dataType: DataType | ((args: readonly DataType[]) => DataType),
  evaluator: (site: CallSite) => Evaluator,
  options?: EntryOptions,
) => ScalarFunction;

/** The maker of a group's entries. An entry whose `arity` is not given takes exactly its parameters. */
export function family(group: string): FamilyEntry {
  return (name, doc, parameters, dataType, evaluator, options = {}) => ({
    kind: "scalar",
    name,
    group,
    doc,
    arity: [parameters.length, parameters.length],
    nulls: "propagate",
    resolve: signature(parameters, dataType),
    evaluator,
    ...options,
  });
}

/** The meaning of a function whose failures are null: the same entry under the mode "try". */
export function tolerant(definition: ScalarFunction, name: string, doc: string): ScalarFunction {
  const { evaluator, compile, aliases: _aliases, sql: _sql, ...rest } = definition;
  return {
    ...rest,
    name,
    doc,
    resolve: (args, site) => ({ ...definition.resolve(args, { ...site, name: definition.name, mode: "try" }), nullable: true }),
    ...(evaluator === undefined ? {} : { evaluator: (site: CallSite) => evaluator({ ...site, name: definition.name, mode: "try" }) }),
    ...(compile === undefined ? {} : { compile: (args, site) => compile(args, { ...site, name: definition.name, mode: "try" }) }),
  };
}
