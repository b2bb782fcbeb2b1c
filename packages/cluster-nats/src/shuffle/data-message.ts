import type { ErrorData } from "@vonk/common";
import type { NatsOptions } from "@vonk/bus-nats/internal";

/** What the data thread of an executor is started with. */
export interface DataThreadStart {
  readonly appId: string;
  readonly nats: NatsOptions;
  /** Bytes in flight of all outputs together. */
  readonly writeWindowBytes: number;
  readonly readWindowBytes: number;
}

/** A map output to be put into the streams of an epoch. */
export interface PublishRequest {
  readonly kind: "publish";
  readonly shuffleId: number;
  readonly epoch: number;
  readonly buckets: number;
  readonly mapPartition: number;
  readonly taskId: number;
  readonly path: string;
  readonly offset: number;
  readonly reducerCount: number;
  readonly reducers: Uint32Array;
  readonly lengths: Uint32Array;
}

/** A committed attempt whose bytes are wanted. */
export interface WantedOutput {
  readonly mapPartition: number;
  readonly taskId: number;
  readonly bytes: number;
}

/** A bucket to be read whole; the outputs are laid behind each other in the order of `outputs`. */
export interface FetchRequest {
  readonly kind: "fetch";
  readonly shuffleId: number;
  readonly epoch: number;
  readonly bucket: number;
  readonly outputs: readonly WantedOutput[];
  /** Shared memory that takes all of it, or the path of a file to be made. */
  readonly target: SharedArrayBuffer | string;
}

/** How a fetch ended: undefined when all is there, else the first output that is not and why. */
export type FetchOutcome = { readonly missing: WantedOutput; readonly reason: string } | undefined;

/** From the control thread to the data thread. */
export type ToDataThread = { readonly id: number; readonly request: PublishRequest | FetchRequest } | { readonly kind: "close" };

/** From the data thread: the answer to a request. */
export type FromDataThread = { readonly id: number } & ({ readonly value: FetchOutcome | null } | { readonly error: ErrorData });
