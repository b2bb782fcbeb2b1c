import type { ApplicationPlace } from "./application-url.ts";
import type { ClosureDecoder } from "./closure-decoder.ts";
import { GraphEncoder, newInterning } from "./graph-encoder.ts";

/**
 * Encodes records that structured clone would strip or refuse: class instances keep their class (by module reference, or by value
 * with its source), maps, sets, functions, cycles and shared objects keep their shape.
 * @throws CLOSURE_… naming the record, the path and the class of what cannot travel
 */
export function encodeValues(values: readonly unknown[], options: { call?: string; place?: ApplicationPlace } = {}): Uint8Array {
  const encoder = new GraphEncoder({
    subject: () => (options.call === undefined ? "a record" : `a record of ${options.call}`),
    // Records name files by their whole URLs: programs put them aside and read them in another folder.
    place: options.place?.copies === undefined ? {} : { copies: options.place.copies },
    interning: newInterning(),
    warnings: new Set(),
  });
  return encoder.encode(values, (index) => ({ words: `record ${index}` })) ?? new Uint8Array();
}

/** Rebuilds what {@link encodeValues} wrote, in a thread of the same application. */
export function decodeValues(bytes: Uint8Array, decoder: ClosureDecoder): unknown[] {
  return decoder.decodeAll(bytes);
}
