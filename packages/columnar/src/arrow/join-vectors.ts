import { columnarErrors } from "../errors.ts";
import { type ColumnVector, physicalBytes } from "../vector/column-vector.ts";
import type { ArrowMemory } from "./decode-columns.ts";

/** One vector of the values of several, which have one type: the parts of a dictionary that was sent piece by piece. @throws ARROW_NOT_SUPPORTED, ARROW_CORRUPT */
export function joinVectors(parts: readonly ColumnVector[], memory: ArrowMemory): ColumnVector {
  const [first, ...others] = parts;
  if (first === undefined) throw columnarErrors.create("ARROW_CORRUPT", { problem: "a dictionary has no values" });
  if (first.dictionary !== undefined) throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: "dictionaries of dictionaries" });
  if (others.length === 0) return first;
  if (first.children !== undefined)
    throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: "dictionaries of lists and structs in several parts" });
  const bytes = new Uint8Array(memory.memory.buffer);
  const width = physicalBytes[first.physical];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const data = memory.allocate(length * width + 64, 16);
  const isNullable = parts.some((part) => part.validity !== 0);
  const validity = isNullable ? memory.allocate(((length + 7) >> 3) + 64, 16) : 0;
  if (isNullable) bytes.fill(255, validity, validity + ((length + 7) >> 3));
  let row = 0;
  for (const part of parts) {
    bytes.copyWithin(data + row * width, part.data, part.data + part.length * width);
    for (let index = 0; part.validity !== 0 && index < part.length; index++) {
      if (((bytes[part.validity + (index >> 3)] ?? 0) >> (index & 7)) & 1) continue;
      const at = validity + ((row + index) >> 3);
      bytes[at] = (bytes[at] ?? 0) & ~(1 << ((row + index) & 7));
    }
    row += part.length;
  }
  return { ...first, length, data, validity };
}
