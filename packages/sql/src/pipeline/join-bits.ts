/** Sets so many bits from one on. Bits are counted from the lowest of a byte on. */
export function setBits(bytes: Uint8Array, at: number, first: number, count: number): void {
  const end = first + count;
  const whole = Math.ceil(first / 8);
  const last = end >> 3;
  if (whole > last) {
    or(bytes, at + last, (255 << (first & 7)) & ~(255 << (end & 7)));
    return;
  }
  if ((first & 7) !== 0) or(bytes, at + whole - 1, 255 << (first & 7));
  bytes.fill(255, at + whole, at + last);
  if ((end & 7) !== 0) or(bytes, at + last, ~(255 << (end & 7)));
}

/** Puts so many bits behind the first ones of a bitmap that is 0 from there on. */
export function appendBits(bytes: Uint8Array, at: number, first: number, from: number, count: number): void {
  const shift = first & 7;
  const whole = count >> 3;
  const rest = (bytes[from + whole] ?? 0) & ~(255 << (count & 7));
  let to = at + (first >> 3);
  if (shift === 0) {
    bytes.copyWithin(to, from, from + whole);
    if ((count & 7) !== 0) or(bytes, to + whole, rest);
    return;
  }
  for (let index = 0; index < whole; index++, to++) {
    const bits = (bytes[from + index] ?? 0) << shift;
    or(bytes, to, bits);
    or(bytes, to + 1, bits >> 8);
  }
  if ((count & 7) === 0) return;
  or(bytes, to, rest << shift);
  if (rest << shift > 255) or(bytes, to + 1, (rest << shift) >> 8);
}

function or(bytes: Uint8Array, at: number, bits: number): void {
  bytes[at] = (bytes[at] ?? 0) | bits;
}
