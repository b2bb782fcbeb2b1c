import { checksum } from "@vonk/columnar/internal";

/**
 * A message of a bucket stream: a piece of what one attempt at a map partition wrote for the reducers of one bucket.
 *
 * ```
 *  0  u32  magic "VKP1"            16  u32  task id, the attempt
 *  4  u32  CRC-32 of the fields    20  u32  offset of the piece in the attempt's bytes for the bucket
 *  8  u32  shuffle                 24  u32  bytes of the attempt for the bucket, in all pieces
 * 12  u32  map partition           28  u32  epoch
 * 32  the bytes
 * ```
 * Little-endian. The bytes are checked chunk by chunk by the task that reads them, against what the map task committed. Pieces but the last have {@link pieceBytes} bytes, so that an offset names a piece.
 */
export interface Piece {
  readonly shuffleId: number;
  readonly epoch: number;
  readonly mapPartition: number;
  readonly taskId: number;
  readonly offset: number;
  readonly totalBytes: number;
  readonly bytes: Uint8Array;
}

/** Bytes of a piece beside its header; with it below a server's usual limit of 1 MiB a message. */
export const pieceBytes: number = 960 * 1024;
/** Bytes before them. */
export const pieceHeaderBytes = 32;

const magic = 0x31504b56;

const freeMax = 20;

/** Memory for messages, used again once they are stored: fresh pages cost more than what is done with them. */
export class PieceMemory {
  readonly #free: ArrayBuffer[] = [];

  /** Memory for a message with `bytes` bytes of data behind the header; it holds anything. */
  allocate(bytes: number): Uint8Array {
    const length = pieceHeaderBytes + bytes;
    // Memory for a full piece is kept, a small one is not worth it.
    if (bytes < pieceBytes / 2) return new Uint8Array(length);
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(pieceHeaderBytes + pieceBytes), 0, length);
  }

  /** Takes back what {@link allocate} gave. */
  release({ buffer }: Uint8Array): void {
    if (buffer instanceof ArrayBuffer && buffer.byteLength === pieceHeaderBytes + pieceBytes && this.#free.length < freeMax)
      this.#free.push(buffer);
  }
}

/** Completes a message whose data is in place. */
export function sealPiece(message: Uint8Array, piece: Omit<Piece, "bytes">): void {
  const view = new DataView(message.buffer, message.byteOffset, pieceHeaderBytes);
  view.setUint32(0, magic, true);
  view.setUint32(8, piece.shuffleId, true);
  view.setUint32(12, piece.mapPartition, true);
  view.setUint32(16, piece.taskId, true);
  view.setUint32(20, piece.offset, true);
  view.setUint32(24, piece.totalBytes, true);
  view.setUint32(28, piece.epoch, true);
  view.setUint32(4, checksum(message.subarray(8, pieceHeaderBytes)), true);
}

/** What a message holds, or undefined when its header is not the one that was sent. */
export function openPiece(message: Uint8Array): Piece | undefined {
  if (message.byteLength < pieceHeaderBytes) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, pieceHeaderBytes);
  if (view.getUint32(0, true) !== magic || view.getUint32(4, true) !== checksum(message.subarray(8, pieceHeaderBytes))) return undefined;
  return {
    shuffleId: view.getUint32(8, true),
    mapPartition: view.getUint32(12, true),
    taskId: view.getUint32(16, true),
    offset: view.getUint32(20, true),
    totalBytes: view.getUint32(24, true),
    epoch: view.getUint32(28, true),
    bytes: message.subarray(pieceHeaderBytes),
  };
}
