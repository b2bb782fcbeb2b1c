import { assert } from "@vonk/common/internal";
import type { BatchShape, BufferPlan } from "./column-shape.ts";

const shape: BatchShape = { k: "batch" };

/** The shape's text as it lies in a block. */
export const batchShapeText: string = JSON.stringify(shape);

/**
 * A batch of columns as one record: a description in plain JSON, and buffers. A block of such a record has its bytes as they are, and gives views of
 * them when it is read, so that columns are cached and exchanged without being taken apart. It is a block's only record.
 */
export class BatchRecord {
  readonly description: unknown;
  readonly buffers: readonly BufferPlan[];

  constructor(description: unknown, buffers: readonly BufferPlan[]) {
    this.description = description;
    this.buffers = buffers;
  }

  /** The bytes of a buffer: a view of the block that the record was read from, or made now of one that was not written. */
  view(index: number): Uint8Array {
    const buffer = this.buffers[index];
    assert(buffer !== undefined, "a description names buffers that are there");
    if (buffer instanceof BufferView) return buffer.bytesRead;
    const bytes = new Uint8Array(buffer.bytes);
    buffer.write(bytes);
    return bytes;
  }
}

/** A buffer of a record that was read; it can be written again. */
class BufferView implements BufferPlan {
  readonly bytesRead: Uint8Array;
  readonly bytes: number;

  constructor(bytesRead: Uint8Array) {
    this.bytesRead = bytesRead;
    this.bytes = bytesRead.byteLength;
  }

  write(target: Uint8Array): void {
    target.set(this.bytesRead);
  }
}

/** A record ready to be laid out, its description first. */
export function batchPlan({ description, buffers }: BatchRecord): { readonly shape: BatchShape; readonly buffers: readonly BufferPlan[] } {
  const text = Buffer.from(JSON.stringify(description), "utf8");
  return { shape, buffers: [{ bytes: text.byteLength, write: (target) => target.set(text) }, ...buffers] };
}

/** The record of a block's buffers. */
export function openBatchRecord([text, ...buffers]: readonly Uint8Array[]): BatchRecord {
  assert(text !== undefined, "a batch record has its description");
  return new BatchRecord(
    descriptionOf(text),
    buffers.map((bytes) => new BufferView(bytes)),
  );
}

/** Descriptions that a thread keeps: records that are cached are opened by every query. */
const descriptionsMax = 1024;
const descriptions = new Map<string, unknown>();

function descriptionOf({ buffer, byteOffset, byteLength }: Uint8Array): unknown {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const key = bytes.toString("latin1");
  let description = descriptions.get(key);
  if (description === undefined) {
    description = JSON.parse(bytes.toString("utf8"));
    if (descriptions.size >= descriptionsMax) descriptions.clear();
    descriptions.set(key, description);
  }
  return description;
}
