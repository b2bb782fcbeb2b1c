import type { Batch } from "./computation.ts";

/** A result that is records, batch by batch. */
export class RecordBatches {
  readonly batches: Iterable<Batch>;

  constructor(batches: Iterable<Batch>) {
    this.batches = batches;
  }
}
