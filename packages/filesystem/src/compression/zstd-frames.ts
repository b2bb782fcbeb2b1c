/**
 * Finds the frames of a zstd file without decompressing it: Node decompresses only the first one.
 *
 *   frame   u32 0xFD2FB528, header, blocks, u32 checksum when the header says so
 *   header  u8 descriptor, u8 window unless a single segment, 0 1 2 4 bytes dictionary id, 0 1 2 4 8 bytes content size
 *   block   u24: bit 0 last, bits 1-2 type (1: one byte repeated), bits 3-23 size
 *   skipped u32 0x184D2A50 to 0x184D2A5F, u32 size, that many bytes
 *
 * @see RFC 8878 §3.1
 */

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const BLOCK_HEADER_BYTES = 3;
const TYPE_REPEATED = 1;

/** The frames with content, in order, as views. Gives undefined when the bytes do not end with a whole frame. */
export function zstdFrames(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames: Uint8Array[] = [];
  try {
    for (let start = 0; start < bytes.byteLength;) {
      const magic = view.getUint32(start, true);
      const end =
        magic === MAGIC
          ? frameEnd(view, start)
          : (magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC
            ? start + 8 + view.getUint32(start + 4, true)
            : -1;
      if (end < 0 || end > bytes.byteLength) return undefined;
      if (magic === MAGIC) frames.push(bytes.subarray(start, end));
      start = end;
    }
    return frames;
  } catch (cause) {
    // A read past the end: the last frame is cut off.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

function frameEnd(view: DataView, start: number): number {
  const descriptor = view.getUint8(start + 4);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  let at = start + 5 + (singleSegment ? 0 : 1) + dictionaryBytes + contentSizeBytes;
  for (let last = false; !last;) {
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    last = (header & 1) !== 0;
    at += BLOCK_HEADER_BYTES + (((header >>> 1) & 3) === TYPE_REPEATED ? 1 : header >>> 3);
  }
  return at + ((descriptor & 4) !== 0 ? 4 : 0);
}
