/** Functions of pair RDDs with ordered keys; see {@link RDD}. */
export class OrderedFunctions<T> {
  declare protected readonly orderedFunctions?: T;
}
