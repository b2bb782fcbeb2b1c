const refuseKey = Symbol.for("vonk.closure.refuse");
const refuseCodeKey = Symbol.for("vonk.closure.refuseCode");
const replaceKey = Symbol.for("vonk.closure.replace");

/** Makes objects of a prototype refuse to be captured, with an error code and the reason and way out for its message. */
export function refuseToTravel(prototype: object, code: "RDD_IN_CLOSURE" | "CONTEXT_IN_CLOSURE", reason: string): void {
  Object.defineProperty(prototype, refuseKey, { value: reason });
  Object.defineProperty(prototype, refuseCodeKey, { value: code });
}

/** What travels in a closure instead of an object: plain data, and the name of who rebuilds it. */
export interface TravelForm {
  readonly kind: string;
  readonly data: unknown;
}

/** Makes objects of a prototype travel as plain data; those for which `replace` gives undefined travel as they are. */
export function travelAs<T extends object>(prototype: T, replace: (object: T) => TravelForm | undefined): void {
  Object.defineProperty(prototype, replaceKey, {
    value(this: T): TravelForm | undefined {
      return replace(this);
    },
  });
}
