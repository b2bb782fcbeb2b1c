/**
 * The codec for values that have no column form: class instances, functions, Maps, sparse arrays.
 * `decode(encode(values))` must give as many values in the same order. Bytes given to `decode` are a view that ends with the block.
 */
export interface ValueFallback {
  encode(values: readonly unknown[]): Uint8Array;
  decode(bytes: Uint8Array): unknown[];
}
