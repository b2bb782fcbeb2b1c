import { arithmeticFunctions } from "../family/arithmetic.ts";
import { basicAggregates } from "../family/basic-aggregates.ts";
import { arrayFunctions } from "../family/collection/array.ts";
import { generatorFunctions } from "../family/collection/generator.ts";
import { timeWindowFunctions } from "../family/datetime/time-window.ts";
import { operatorChainFunction } from "../family/operator-chain.ts";
import { higherOrderFunctions } from "../family/collection/higher-order.ts";
import { collectionMakers, mapMakers } from "../family/collection/make.ts";
import { collectionReaders, memberReaders } from "../family/collection/read.ts";
import { collectingAggregates } from "../family/aggregate/collect.ts";
import { momentAggregates } from "../family/aggregate/moment.ts";
import { percentileAggregates } from "../family/aggregate/percentile.ts";
import { rankingFunctions } from "../family/window/ranking.ts";
import { conditionalFunctions } from "../family/conditional.ts";
import { datetimeConversions } from "../family/datetime/convert.ts";
import { collationFunctions } from "../family/collation.ts";
import { currentTime } from "../family/datetime/current.ts";
import { datetimeFields } from "../family/datetime/field.ts";
import { datetimeMakers } from "../family/datetime/make.ts";
import { datetimeShifts } from "../family/datetime/shift.ts";
import { hashFunctions } from "../family/hash.ts";
import { jsonFunctions } from "../family/json/json.ts";
import { integerFunctions } from "../family/math/integer.ts";
import { randomFunctions } from "../family/math/random.ts";
import { realFunctions } from "../family/math/real.ts";
import { roundFunctions } from "../family/math/round.ts";
import { predicateFunctions } from "../family/predicate.ts";
import { textEdits } from "../family/string/edit.ts";
import { encodings } from "../family/string/encode.ts";
import { textInspections } from "../family/string/inspect.ts";
import { regexpFunctions } from "../family/string/regexp.ts";
import { formats } from "../family/string/format.ts";
import { conversionFunctions } from "../family/conversion.ts";
import { sessionFunctions } from "../family/session.ts";
import { vectorFunctions } from "../family/vector.ts";
import { csvFunctions } from "../family/csv.ts";
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
  realFunctions,
  roundFunctions,
  integerFunctions,
  randomFunctions,
  hashFunctions,
  textEdits,
  textInspections,
  regexpFunctions,
  encodings,
  formats,
  conversionFunctions,
  sessionFunctions,
  jsonFunctions,
  csvFunctions,
  collationFunctions,
  vectorFunctions,
  collectionMakers,
  mapMakers,
  collectionReaders,
  memberReaders,
  arrayFunctions,
  higherOrderFunctions,
  [operatorChainFunction],
  timeWindowFunctions,
  generatorFunctions,
  basicAggregates,
  momentAggregates,
  collectingAggregates,
  percentileAggregates,
  rankingFunctions,
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
