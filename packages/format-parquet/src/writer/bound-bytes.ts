/** Longer bounds of text and bytes are cut off in the index of pages, as Spark does. */
const indexBytesMax = 64;

/** A least value, or something shorter that is below it. */
export function cutMin(bytes: Uint8Array, isText: boolean): Uint8Array {
  return bytes.byteLength <= indexBytesMax ? bytes : bytes.subarray(0, cutAt(bytes, isText));
}

/** A greatest value, or something shorter that is above it; the value itself when there is no such thing. */
export function cutMax(bytes: Uint8Array, isText: boolean): Uint8Array {
  if (bytes.byteLength <= indexBytesMax) return bytes;
  const prefix = bytes.subarray(0, cutAt(bytes, isText));
  return (isText ? nextText(prefix) : nextBytes(prefix)) ?? bytes;
}

/** Where to cut: no character is cut in two. */
function cutAt(bytes: Uint8Array, isText: boolean): number {
  let at = indexBytesMax;
  while (isText && at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

function nextBytes(prefix: Uint8Array): Uint8Array | undefined {
  const at = prefix.findLastIndex((byte) => byte < 255);
  if (at < 0) return undefined;
  const next = prefix.slice(0, at + 1);
  next[at] = (next[at] ?? 0) + 1;
  return next;
}

function nextText(prefix: Uint8Array): Uint8Array | undefined {
  const points = Array.from(Buffer.from(prefix).toString("utf8"), (character) => character.codePointAt(0) ?? 0);
  const at = points.findLastIndex((point) => point < 0x10ffff);
  if (at < 0) return undefined;
  const next = (points[at] ?? 0) + 1;
  // Surrogates are no characters.
  const text = String.fromCodePoint(...points.slice(0, at), next === 0xd800 ? 0xe000 : next);
  return Buffer.from(text);
}
