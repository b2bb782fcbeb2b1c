/**
 * The form of a column as it lies in a block. Each kind owns the buffers listed, in this order, before those of its children.
 *
 * | kind   | buffers                          | values                                                        |
 * |--------|----------------------------------|---------------------------------------------------------------|
 * | none   |                                  | all undefined                                                 |
 * | nil    |                                  | all null                                                      |
 * | num    | values                           | f64, or integers in i8, i16, i32                              |
 * | bool   | one byte each                    |                                                               |
 * | str    | lengths, text                    | lengths in UTF-16 code units; text ascii, utf8 or utf16       |
 * | dict   | codes, then str                  | codes index the distinct strings                              |
 * | i64    | values                           | bigints                                                       |
 * | big    | str                              | bigints as decimal text                                       |
 * | date   | f64                              | milliseconds, NaN when invalid                                |
 * | null   | bitmap, then child               | bit set: null, and the child holds a filler                   |
 * | undef  | bitmap, then child               | bit set: undefined, and the child holds a filler              |
 * | tuple  | fields                           | arrays of one length                                          |
 * | object | fields                           | plain objects with the same names in the same order           |
 * | list   | lengths, then element            | the elements of all arrays one after the other                |
 * | union  | tags, then alternatives          | value i is the next value of alternative tags[i]              |
 * | any    | bytes of the ValueFallback       |                                                               |
 */
export type ColumnShape =
  | { readonly k: "none" | "nil" | "bool" | "i64" | "date" | "any" }
  | { readonly k: "num"; readonly t: NumberType }
  | { readonly k: "str"; readonly e: TextEncoding; readonly l: LengthType }
  | { readonly k: "dict"; readonly c: LengthType; readonly d: ColumnShape }
  | { readonly k: "big"; readonly d: ColumnShape }
  | { readonly k: "null" | "undef"; readonly d: ColumnShape }
  | { readonly k: "tuple"; readonly f: readonly ColumnShape[] }
  | { readonly k: "object"; readonly n: readonly string[]; readonly f: readonly ColumnShape[]; readonly bare: boolean }
  | { readonly k: "list"; readonly l: LengthType; readonly d: ColumnShape }
  | { readonly k: "union"; readonly f: readonly ColumnShape[] };

/** A block whose only record is a BatchRecord: its description as JSON, then its buffers. */
export interface BatchShape {
  readonly k: "batch";
}

/** How a column of numbers is stored. */
export type NumberType = "f64" | "i8" | "i16" | "i32";

/** How the joined text of a string column is stored; utf16 when a lone surrogate occurs. */
export type TextEncoding = "ascii" | "utf8" | "utf16";

/** The width of lengths and dictionary codes, by their maximum. */
export type LengthType = "u8" | "u16" | "i32";

/** A buffer of a column to be written: its size and how to fill a view of exactly that size, which starts at a multiple of 8. */
export interface BufferPlan {
  readonly bytes: number;
  write(target: Uint8Array): void;
}

/** A column ready to be laid out. */
export interface ColumnPlan {
  readonly shape: ColumnShape;
  readonly buffers: readonly BufferPlan[];
}
