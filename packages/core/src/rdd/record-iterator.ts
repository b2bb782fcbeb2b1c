/** A partition's records as user functions get them: read once, with the language's lazy `map`, `filter`, `take`, `toArray` and so on. */
export type RecordIterator<T> = IteratorObject<T, undefined, unknown>;
