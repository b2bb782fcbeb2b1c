/**
 * Layout of a block of records, version 1; integers and floats are little-endian.
 *
 *   0   u8   0x56, 'V'
 *   1   u8   version
 *   2   u16  0
 *   4   u32  records
 *   8   u32  bytes of the shape
 *   12  u32  buffers
 *   16  per buffer: u32 offset from the start of the block, u32 bytes
 *   ..  the shape: JSON of a ColumnShape, UTF-8
 *   ..  the buffers in the order of the table, each at a multiple of 8
 *
 * Blocks are at most 4 GiB. The start lies at a multiple of 8 in its memory, so that columns are read in place.
 */
import { columnarErrors } from "../errors.ts";
import type { BatchShape, BufferPlan, ColumnShape } from "./column-shape.ts";

const MAGIC = 0x56;
const VERSION = 1;
const HEADER_BYTES = 16;
const TABLE_ENTRY_BYTES = 8;
const BLOCK_BYTES_MAX = 2 ** 32 - 1;

/** The parts of a block, none of them decoded yet. */
export interface BlockParts {
  readonly count: number;
  /** JSON of the column shape; equal text means equal shape. */
  readonly shapeText: string;
  /** The buffers as views, in order. */
  readonly buffers: readonly Uint8Array[];
}

/** What a block is made of. */
interface BlockContent {
  readonly shape: ColumnShape | BatchShape;
  readonly buffers: readonly BufferPlan[];
}

/** Writes a column of `count` records as a block into memory from `allocate`, which gives at least the bytes asked for at a multiple of 8. */
export function writeBlock(count: number, column: BlockContent, allocate: (bytes: number) => Uint8Array): Uint8Array {
  const shape = Buffer.from(JSON.stringify(column.shape), "utf8");
  const shapeOffset = HEADER_BYTES + column.buffers.length * TABLE_ENTRY_BYTES;
  let offset = align8(shapeOffset + shape.byteLength);
  const offsets = column.buffers.map((buffer) => {
    const start = offset;
    offset = align8(offset + buffer.bytes);
    return start;
  });
  if (offset > BLOCK_BYTES_MAX) throw columnarErrors.create("BLOCK_TOO_LARGE", { bytes: offset, bytesMax: BLOCK_BYTES_MAX });
  const block = allocate(offset).subarray(0, offset);
  const header = new DataView(block.buffer, block.byteOffset, shapeOffset);
  header.setUint16(0, MAGIC | (VERSION << 8), true);
  header.setUint16(2, 0, true);
  header.setUint32(4, count, true);
  header.setUint32(8, shape.byteLength, true);
  header.setUint32(12, column.buffers.length, true);
  block.set(shape, shapeOffset);
  block.fill(0, shapeOffset + shape.byteLength, align8(shapeOffset + shape.byteLength));
  for (const [at, buffer] of column.buffers.entries()) {
    const start = offsets[at] ?? 0;
    header.setUint32(HEADER_BYTES + at * TABLE_ENTRY_BYTES, start, true);
    header.setUint32(HEADER_BYTES + at * TABLE_ENTRY_BYTES + 4, buffer.bytes, true);
    buffer.write(block.subarray(start, start + buffer.bytes));
    // Padding is cleared, so that equal records give equal bytes whatever the memory held.
    block.fill(0, start + buffer.bytes, align8(start + buffer.bytes));
  }
  return block;
}

/** Finds the parts of a block; bytes that do not start at a multiple of 8 are copied first. @throws BLOCK_CORRUPT */
export function readBlock(given: Uint8Array): BlockParts {
  const bytes = given.byteOffset % 8 === 0 ? given : new Uint8Array(given);
  if (bytes.byteLength < HEADER_BYTES) throw corrupt(`${bytes.byteLength} bytes are too few for a header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== MAGIC || view.getUint8(1) !== VERSION) {
    throw corrupt(`it begins with ${view.getUint8(0)}, ${view.getUint8(1)} where ${MAGIC}, ${VERSION} was expected`);
  }
  const shapeBytes = view.getUint32(8, true);
  const bufferCount = view.getUint32(12, true);
  const shapeOffset = HEADER_BYTES + bufferCount * TABLE_ENTRY_BYTES;
  if (shapeOffset + shapeBytes > bytes.byteLength) throw corrupt("its header points past its end");
  const buffers: Uint8Array[] = [];
  for (let at = 0; at < bufferCount; at++) {
    const start = view.getUint32(HEADER_BYTES + at * TABLE_ENTRY_BYTES, true);
    const end = start + view.getUint32(HEADER_BYTES + at * TABLE_ENTRY_BYTES + 4, true);
    if (end > bytes.byteLength) throw corrupt(`buffer ${at} ends at ${end} of ${bytes.byteLength} bytes`);
    buffers.push(bytes.subarray(start, end));
  }
  const shapeText = Buffer.from(bytes.buffer, bytes.byteOffset + shapeOffset, shapeBytes).toString("utf8");
  return { count: view.getUint32(4, true), shapeText, buffers };
}

/** Parses the text of a shape that `writeBlock` wrote. @throws BLOCK_CORRUPT */
export function parseShape(text: string): ColumnShape {
  try {
    return JSON.parse(text) as ColumnShape;
  } catch (cause) {
    throw columnarErrors.create("BLOCK_CORRUPT", { problem: "its shape is not JSON" }, { cause });
  }
}

function align8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function corrupt(problem: string): Error {
  return columnarErrors.create("BLOCK_CORRUPT", { problem });
}
