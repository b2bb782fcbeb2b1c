import type { BlockReader } from "@vonk/columnar/internal";
import type { BatchIterator } from "../../compute/computation.ts";

/**
 * Gives the records of blocks ordered by their number keys (first tuple field), stably; NaN is last when ascending, first otherwise.
 *
 * 1. Each key becomes 64 bits whose unsigned order is the order of numbers (sign flipped, negatives inverted).
 * 2. Positions are sorted by least-significant-digit radix passes of 16 bits; a pass in which all digits agree is skipped.
 * 3. Records are made in the final order, a batch at a time.
 * Memory: 24 bytes a record beside the blocks.
 */
export function* sortNumberBlocks(blocks: readonly BlockReader[], ascending: boolean, size: number): BatchIterator {
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  fillOrderedBits(blocks, low, high, ascending);
  const order = radixOrder(low, high);
  const starts = new Int32Array(blocks.length + 1);
  blocks.forEach((block, index) => (starts[index + 1] = starts[index]! + block.count));
  const blockOf = blocks.length > 1 ? blockNumbers(blocks, count) : undefined;
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    yield blockOf === undefined ? blocks[0]!.decodeAt(order, from, to) : gather(blocks, starts, blockOf, order, from, to);
  }
}

function fillOrderedBits(blocks: readonly BlockReader[], low: Uint32Array, high: Uint32Array, ascending: boolean): void {
  const word = new Float64Array(1);
  const bits = new Uint32Array(word.buffer);
  const flip = ascending ? 0 : 0xffffffff;
  let at = 0;
  for (const block of blocks) {
    const keys = block.keyNumbers()!;
    for (let index = 0; index < keys.length; index++) {
      // Adding 0 turns -0 into 0: both are the same key.
      const key = keys[index]! + 0;
      word[0] = key;
      let lowBits = bits[0]!;
      let highBits = bits[1]!;
      if (key !== key) {
        lowBits = highBits = 0xffffffff;
      } else if (highBits & 0x80000000) {
        lowBits = ~lowBits;
        highBits = ~highBits;
      } else {
        highBits |= 0x80000000;
      }
      low[at] = lowBits ^ flip;
      high[at] = highBits ^ flip;
      at++;
    }
  }
}

function radixOrder(low: Uint32Array, high: Uint32Array): Int32Array {
  const count = low.length;
  let order = new Int32Array(count);
  let spare = new Int32Array(count);
  for (let index = 0; index < count; index++) order[index] = index;
  const digits = count > 65_536 ? 16 : 8;
  const mask = 2 ** digits - 1;
  const counts = new Int32Array(mask + 1);
  for (let shift = 0; shift < 64; shift += digits) {
    const words = shift < 32 ? low : high;
    const by = shift & 31;
    counts.fill(0);
    for (let index = 0; index < count; index++) counts[(words[index]! >>> by) & mask]!++;
    if (count > 0 && counts[(words[0]! >>> by) & mask] === count) continue;
    let sum = 0;
    for (let digit = 0; digit <= mask; digit++) {
      const here = counts[digit]!;
      counts[digit] = sum;
      sum += here;
    }
    for (let index = 0; index < count; index++) {
      const position = order[index]!;
      const digit = (words[position]! >>> by) & mask;
      spare[counts[digit]!++] = position;
    }
    [order, spare] = [spare, order];
  }
  return order;
}

/** The block of each position, for gathering without a search. */
function blockNumbers(blocks: readonly BlockReader[], count: number): Int32Array {
  const numbers = new Int32Array(count);
  let at = 0;
  blocks.forEach((block, number) => {
    numbers.fill(number, at, at + block.count);
    at += block.count;
  });
  return numbers;
}

/** Records of several blocks in the order of `order`: read block by block, then put in place. */
function gather(
  blocks: readonly BlockReader[],
  starts: Int32Array,
  blockOf: Int32Array,
  order: Int32Array,
  from: number,
  to: number,
): unknown[] {
  const perBlock = new Int32Array(blocks.length + 1);
  for (let at = from; at < to; at++) perBlock[blockOf[order[at]!]! + 1]!++;
  for (let number = 0; number < blocks.length; number++) perBlock[number + 1]! += perBlock[number]!;
  const indices = new Int32Array(to - from);
  const targets = new Int32Array(to - from);
  const next = perBlock.slice();
  for (let at = from; at < to; at++) {
    const position = order[at]!;
    const number = blockOf[position]!;
    const slot = next[number]!++;
    indices[slot] = position - starts[number]!;
    targets[slot] = at - from;
  }
  const records: unknown[] = new Array<unknown>(to - from);
  for (let number = 0; number < blocks.length; number++) {
    const begin = perBlock[number]!;
    const end = perBlock[number + 1]!;
    if (begin === end) continue;
    const found = blocks[number]!.decodeAt(indices, begin, end);
    for (let at = 0; at < found.length; at++) records[targets[begin + at]!] = found[at];
  }
  return records;
}
