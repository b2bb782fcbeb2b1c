import { Actions } from "./actions.ts";
import { ApproximateActions } from "./approximate-actions.ts";
import { AsyncActions } from "./async-actions.ts";
import { DoubleFunctions } from "./double-functions.ts";
import { LineageFunctions } from "./lineage-functions.ts";
import { OrderedFunctions } from "./ordered-functions.ts";
import { PairActions } from "./pair-actions.ts";
import { PairFunctions } from "./pair-functions.ts";
import { RDD } from "./rdd.ts";
import { SaveActions } from "./save-actions.ts";
import { Transformations } from "./transformations.ts";

let installed = false;

const families = [
  LineageFunctions,
  Transformations,
  Actions,
  SaveActions,
  AsyncActions,
  ApproximateActions,
  PairFunctions,
  PairActions,
  OrderedFunctions,
  DoubleFunctions,
] as const;

/** Copies the method families onto RDD's prototype. They live in files of their own, and importing them from rdd.ts would be a cycle. */
export function installMethods(): void {
  if (installed) return;
  installed = true;
  copyMethods(families, RDD.prototype);
}

/** Gives a prototype the methods of classes that are written apart from its own. */
export function copyMethods(from: readonly { readonly prototype: object }[], prototype: object): void {
  for (const family of from) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(family.prototype))) {
      if (name !== "constructor") Object.defineProperty(prototype, name, descriptor);
    }
  }
}
