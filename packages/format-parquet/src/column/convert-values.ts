import type { ValueForm } from "../schema/value-form.ts";
import type { Decoding } from "./decoding.ts";

/** Makes values of a vector out of values of fixed width as a PLAIN page has them. */
export function convertValues(decoding: Decoding, form: ValueForm, from: number, count: number, to: number): void {
  const { kernels, bytes } = decoding;
  const { conversion, width } = form;
  switch (conversion.kind) {
    case "none":
      if (form.physical === "bytes") kernels.fixedBytes(from, count, width, to);
      else if (from !== to) bytes.copyWithin(to, from, from + count * width);
      return;
    case "boolean":
      return void kernels.bits(from, count, to);
    case "int96":
      return void kernels.int96(from, count, to);
    case "big-endian":
      if (form.physical === "int64") kernels.bigEndian64(from, count, width, to);
      else kernels.bigEndian128(from, count, width, to);
      return;
    case "widen":
      if (conversion.isSigned) kernels.widenSigned(from, count, conversion.factor, to);
      else kernels.widenUnsigned(from, count, conversion.factor, to);
      return;
    case "scale":
      if (conversion.divisor === 1) kernels.multiply(from, count, conversion.factor, to);
      else kernels.divide(from, count, conversion.divisor, to);
      return;
    case "widen-128":
      return void kernels.widen128(from, count, 0, to);
    case "float16":
      return convertHalves(decoding, from, count, to);
  }
}

function convertHalves({ view }: Decoding, from: number, count: number, to: number): void {
  for (let index = 0; index < count; index++) view.setFloat32(to + index * 4, view.getFloat16(from + index * 2, true), true);
}

/** Makes integers of a vector out of references to big-endian ones of any length. */
export function convertReferences(decoding: Decoding, form: ValueForm, references: number, count: number, to: number): void {
  const { view } = decoding;
  for (let index = 0; index < count; index++) {
    const at = view.getUint32(references + index * 8, true);
    const value = bigEndian(decoding.bytes, at, view.getUint32(references + index * 8 + 4, true));
    if (form.physical === "int64") view.setBigInt64(to + index * 8, value, true);
    else {
      view.setBigInt64(to + index * 16, value, true);
      view.setBigInt64(to + index * 16 + 8, value >> 64n, true);
    }
  }
}

function bigEndian(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  // 16 bytes hold every decimal; what is before them repeats the sign.
  for (let index = Math.max(0, length - 16); index < length; index++) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
  return BigInt.asIntN(Math.min(length, 16) * 8, value);
}
