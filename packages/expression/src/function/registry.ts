import { arithmeticFunctions } from "../family/arithmetic.ts";
import { basicAggregates } from "../family/basic-aggregates.ts";
import { conditionalFunctions } from "../family/conditional.ts";
import { datetimeConversions } from "../family/datetime/convert.ts";
import { currentTime } from "../family/datetime/current.ts";
import { datetimeFields } from "../family/datetime/field.ts";
import { datetimeMakers } from "../family/datetime/make.ts";
import { datetimeShifts } from "../family/datetime/shift.ts";
import { predicateFunctions } from "../family/predicate.ts";
import { textFunctions } from "../family/text.ts";
import type { FunctionDefinition } from "./function-entry.ts";

const families: readonly (readonly FunctionDefinition[])[] = [
  arithmeticFunctions,
  predicateFunctions,
  conditionalFunctions,
  textFunctions,
  datetimeFields,
  datetimeShifts,
  datetimeConversions,
  datetimeMakers,
  currentTime,
  basicAggregates,
];

let byName: ReadonlyMap<string, FunctionDefinition> | undefined;

/** The function of a name or alias, in any case of letters. */
export function findFunction(name: string): FunctionDefinition | undefined {
  byName ??= index();
  return byName.get(name.toLowerCase());
}

/** All functions, each once, in the order of their families. */
export function allFunctions(): readonly FunctionDefinition[] {
  return families.flat();
}

function index(): ReadonlyMap<string, FunctionDefinition> {
  const names = new Map<string, FunctionDefinition>();
  for (const definition of families.flat()) {
    for (const name of [definition.name, ...(definition.aliases ?? [])]) names.set(name, definition);
  }
  return names;
}
