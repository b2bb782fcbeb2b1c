/** Statistics of number RDDs; see {@link RDD}. */
export class DoubleFunctions<T> {
  declare protected readonly doubleFunctions?: T;
}
