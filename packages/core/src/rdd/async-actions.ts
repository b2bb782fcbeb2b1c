/** Actions that can be cancelled; see {@link RDD}. */
export class AsyncActions<T> {
  declare protected readonly asyncActions?: T;
}
