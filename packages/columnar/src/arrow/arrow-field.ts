/** Units of Arrow's times. */
export const arrowUnits = ["SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"] as const;

/** A unit of Arrow's times. */
export type ArrowUnit = (typeof arrowUnits)[number];

/** A type of Arrow, as far as there is one of SQL for it. Parts of lists, maps and structs are the field's children. */
export type ArrowType =
  | { readonly kind: "null" | "bool" | "list" | "large-list" | "map" | "struct" }
  | { readonly kind: "utf8" | "large-utf8" | "binary" | "large-binary" }
  | { readonly kind: "int"; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: "float"; readonly bits: 16 | 32 | 64 }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number; readonly bits: number }
  | { readonly kind: "date"; readonly unit: "DAY" | "MILLISECOND" }
  | { readonly kind: "time"; readonly unit: ArrowUnit; readonly bits: number }
  | { readonly kind: "timestamp"; readonly unit: ArrowUnit; readonly timeZone?: string }
  | { readonly kind: "interval-months" }
  | { readonly kind: "duration"; readonly unit: ArrowUnit }
  | { readonly kind: "fixed-binary"; readonly bytes: number }
  | { readonly kind: "fixed-list"; readonly length: number };

/** A column of Arrow's, or a part of one. */
export interface ArrowField {
  readonly name: string;
  readonly nullable: boolean;
  readonly type: ArrowType;
  readonly children: readonly ArrowField[];
  /** Present when the values are codes of a dictionary, which is sent apart. */
  readonly dictionary?: { readonly id: number; readonly bits: number; readonly isSigned: boolean };
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Numbers of types in the union `Type` of Arrow's schema. */
export const arrowTypeIds = {
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  fixedBinary: 15,
  fixedList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
} as const;
