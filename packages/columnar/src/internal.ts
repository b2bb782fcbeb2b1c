// Keys by value
export { KeyIndex } from "./key/kernel/key-index.ts";
export { KeyMap } from "./key/key-map.ts";
export { hashNumber, hashString, portableHash } from "./key/portable-hash.ts";
export { keyEquals } from "./key/key-equals.ts";
export { naturalCompare } from "./key/natural-compare.ts";

// Plain values
export { classNameOf, isPlainArray, isPlainDate, isPlainObject } from "./value/plain-value.ts";
export { detachText, detachValue } from "./value/detach-text.ts";
export type { PlainObject } from "./value/plain-value.ts";

// Blocks of records
export { encodeBlock } from "./block/encode-block.ts";
export type { EncodeBlockOptions } from "./block/encode-block.ts";
export { openBlock } from "./block/block-reader.ts";
export type { BlockReader } from "./block/block-reader.ts";
export type { ValueFallback } from "./block/value-fallback.ts";
export { checksum } from "./block/checksum.ts";

// Errors
export { columnarErrors } from "./errors.ts";

// Memory shared by the threads of a process
export { createSegment, ExtentAllocator, extentBytes } from "./memory/extent-allocator.ts";
export type { SegmentHandle } from "./memory/extent-allocator.ts";
