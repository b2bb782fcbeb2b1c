/**
 * The bytes of a closure or of a batch of values.
 *
 * ```
 * "VK" | format version | Node.js major | digest of the code section (16 bytes) | varint length | code section | graph section
 * code section   varint count of modules, then url, specifier, importer of each;
 *                varint count of code blocks, then text, url, line, column, name, flags, hidden prefix, captured names of each
 * graph section  varint count of roots, then the roots, then the contents of the objects in the order in which they were met
 * ```
 * An object is written in two steps. Where it is first met stands what is needed to create it (its tag, its prototype, its class);
 * its contents follow later, in a queue, so that cycles need no care and deep structures no stack. Each object
 * gets the next number when it is created; later references are that number. Equal state gives equal bytes: numbers and strings
 * have one encoding each.
 */
export const FORMAT_VERSION = 1;
/** Bytes of a content digest. */
export const DIGEST_BYTES = 16;
/** Bytes before a payload's contents. */
export const HEADER_BYTES: number = 4 + DIGEST_BYTES;

/** What stands at a reference. */
export const Tag = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  integer: 4,
  double: 5,
  bigint: 6,
  string: 7,
  reference: 8,
  hole: 9,
  registeredSymbol: 10,
  wellKnownSymbol: 11,
  uniqueSymbol: 12,
  object: 13,
  nullObject: 14,
  instance: 15,
  array: 16,
  map: 17,
  set: 18,
  date: 19,
  regexp: 20,
  error: 21,
  buffer: 22,
  view: 23,
  boxed: 24,
  arguments: 25,
  function: 26,
  class: 27,
  bound: 28,
  prototype: 29,
  intrinsic: 30,
  module: 31,
  replaced: 32,
  platform: 33,
  rebound: 34,
  internedClass: 35,
  /** Flags and perhaps a prototype before an exotic object's own tag. */
  decorated: 36,
} as const;

/** Bits of {@link Tag.decorated}. */
export const Decoration = { prototype: 1, properties: 2, sealed: 4, frozen: 8 } as const;

/** Bits of one property that is not an ordinary one. */
export const PropertyBit = { writable: 1, enumerable: 2, configurable: 4, accessor: 8 } as const;

/** Bits of a function's contents. */
export const FunctionBit = { prototype: 1, properties: 2, prototypeObject: 4, sealed: 8, frozen: 16 } as const;

/** Classes of the platform that are rebuilt from a few words. */
export const PLATFORM_CLASSES = ["URL", "URLSearchParams", "TextEncoder", "TextDecoder"] as const;

/** Names that CommonJS or a loader gives to each file, bound again to the same file below the executor's application root. */
export const REBOUND_NAMES = ["require", "module", "__filename", "__dirname", "import", "import.meta"] as const;

/** Constructors of typed arrays, by code; the list only grows at its end. */
export const VIEW_CLASSES = [
  "Buffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const;

/** A function's or class's text with all that is needed to compile it again. */
export interface CodeBlock {
  readonly text: string;
  /** Portable URL of the script, and zero-based position of the text in it. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly name: string;
  readonly flags: number;
  /** Start of the identifiers that rewriting put into the text; no name in the text begins so. */
  readonly hidden: string;
  readonly names: readonly string[];
}

/** Bits of {@link CodeBlock.flags}. */
export const CodeBit = {
  strict: 1,
  method: 2,
  class: 4,
  heritage: 8,
  computedNames: 16,
  importMeta: 32,
  dynamicImport: 64,
  outerArguments: 128,
  getter: 256,
  setter: 512,
  /** An arrow, async function or method: it has no `prototype` property of interest. */
  plain: 1024,
  /** It assigns to none of its captured names. */
  readsOnly: 2048,
} as const;

/** The identifier put in place of `import.meta`: as long as the original, so that columns stay. */
export const IMPORT_META = "import$meta";
