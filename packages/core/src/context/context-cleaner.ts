/** What is freed when nothing on the user's thread refers to it any more. */
export type CleanableKind = "rdd" | "shuffle" | "broadcast";

interface Cleanable {
  readonly kind: CleanableKind;
  readonly id: number;
}

/**
 * Frees the stored partitions of RDDs, the files of shuffles and the values of broadcasts that became unreachable.
 * Works when the garbage collector does, so memory pressure on the user's thread drives it.
 * @see Spark's ContextCleaner.scala
 */
export class ContextCleaner {
  readonly #registry: FinalizationRegistry<Cleanable>;

  /** @param failed told of what could not be freed: nobody waits for a clean-up, and its failure must not end the program */
  constructor(
    clean: (kind: CleanableKind, id: number) => Promise<void>,
    failed: (error: unknown, kind: CleanableKind, id: number) => void,
  ) {
    this.#registry = new FinalizationRegistry(({ kind, id }) => {
      clean(kind, id).catch((error: unknown) => failed(error, kind, id));
    });
  }

  watch(object: object, kind: CleanableKind, id: number): void {
    this.#registry.register(object, { kind, id });
  }
}
