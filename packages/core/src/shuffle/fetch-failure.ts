/** Raised when a map output cannot be read; the task ends as FetchFailed and the driver makes the output again. */
export class FetchFailure extends Error {
  readonly shuffleId: number;
  readonly mapPartition: number;
  readonly executorId: string;

  constructor(shuffleId: number, mapPartition: number, executorId: string, cause: Error) {
    super(cause.message, { cause });
    this.shuffleId = shuffleId;
    this.mapPartition = mapPartition;
    this.executorId = executorId;
  }
}
