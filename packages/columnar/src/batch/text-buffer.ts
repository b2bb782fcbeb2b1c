import type { BufferPlan } from "../block/column-shape.ts";
import type { ColumnVector } from "../vector/column-vector.ts";
import type { VectorMemory } from "../vector/vector-reader.ts";
import type { OpeningMemory } from "./batch-columns.ts";

/*
 * Texts of a column in one buffer:
 *
 *   0    u32  the address at which the buffer was written
 *   16   a row: address of its text, length; 0, 0 at a row without a value
 *   ..   the texts
 *
 * Addresses are right as long as the buffer lies where it was written; elsewhere they are moved by as much as the buffer was.
 */

const headerBytes = 16;

/** The buffer of a column of texts. What lies between texts that are close together is copied with them. */
export function textBuffer(column: ColumnVector, { bytes }: VectorMemory): BufferPlan {
  const { length } = column;
  const refs = new Uint32Array(bytes.buffer, bytes.byteOffset + column.data, length * 2);
  const isNull = nullTest(column, bytes);
  let total = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let row = 0; row < length; row++) {
    const size = refs[2 * row + 1] ?? 0;
    if (size === 0 || isNull(row)) continue;
    const at = refs[2 * row] ?? 0;
    total += size;
    if (at < least) least = at;
    if (at + size > most) most = at + size;
  }
  const isClose = total > 0 && most - least <= total * 1.25 + 64;
  const start = headerBytes + length * 8;
  return {
    bytes: start + (isClose ? most - least : total),
    write: (target) => {
      const base = target.byteOffset;
      const to = new Uint32Array(target.buffer, base, start / 4);
      to.fill(0, 0, headerBytes / 4);
      to[0] = base;
      let end = start;
      if (isClose) target.set(bytes.subarray(least, most), start);
      for (let row = 0; row < length; row++) {
        const size = isNull(row) ? 0 : (refs[2 * row + 1] ?? 0);
        const at = refs[2 * row] ?? 0;
        let place = 0;
        if (size > 0 && isClose) place = base + start + at - least;
        else if (size > 0) {
          target.set(bytes.subarray(at, at + size), end);
          place = base + end;
          end += size;
        }
        to[headerBytes / 4 + 2 * row] = place;
        to[headerBytes / 4 + 2 * row + 1] = size;
      }
    },
  };
}

function nullTest({ validity }: ColumnVector, bytes: Uint8Array): (row: number) => boolean {
  if (validity === 0) return () => false;
  return (row) => (((bytes[validity + (row >> 3)] ?? 0) >> (row & 7)) & 1) === 0;
}

/** Where the rows' addresses and lengths of a buffer at an address are, right for where it lies. */
export function openTexts(at: number, rows: number, to: OpeningMemory): number {
  const [base = 0] = new Uint32Array(to.memory.buffer, at, 1);
  if (base === at) return at + headerBytes;
  const moved = at - base;
  const target = to.allocate(rows * 8);
  const from = new Uint32Array(to.memory.buffer, at + headerBytes, rows * 2);
  const refs = new Uint32Array(to.memory.buffer, target, rows * 2);
  for (let index = 0; index < refs.length; index += 2) {
    refs[index] = (from[index] ?? 0) + moved;
    refs[index + 1] = from[index + 1] ?? 0;
  }
  return target;
}
