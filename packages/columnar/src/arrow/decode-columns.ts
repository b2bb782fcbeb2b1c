import { zstdDecompressSync } from "node:zlib";
import { columnarErrors } from "../errors.ts";
import type { DataType } from "../schema/data-type.ts";
import { type ColumnVector, physicalBytes, type PhysicalType } from "../vector/column-vector.ts";
import type { ArrowField, ArrowUnit } from "./arrow-field.ts";
import type { BatchMessage } from "./read-message.ts";
import { typeOfField } from "./type-of-field.ts";

/** Memory that columns are put in; what is given out has room to be looked at 64 bytes behind its end. */
export interface ArrowMemory {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number, align?: number): number;
}

const slackBytes = 64;

/** A batch's metadata and body. */
export interface BatchBytes {
  readonly batch: BatchMessage;
  readonly body: Uint8Array;
}

/** Finds the values of a dictionary by its number, decoded into the same memory. */
type DictionaryLookup = (field: ArrowField) => ColumnVector;

/** Decodes the columns of a batch. @throws ARROW_CORRUPT, ARROW_NOT_SUPPORTED */
export function decodeColumns(
  fields: readonly ArrowField[],
  bytes: BatchBytes,
  memory: ArrowMemory,
  dictionaries: DictionaryLookup,
): ColumnVector[] {
  const decoder = new Decoder(bytes, memory, dictionaries);
  return fields.map((field) => decoder.column(field, bytes.batch.length));
}

/** First element and count of each list, and how many elements there are. */
interface Slices {
  readonly data: number;
  readonly total: number;
}

class Decoder {
  readonly #batch: BatchMessage;
  readonly #body: Uint8Array;
  readonly #memory: ArrowMemory;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #dictionaries: DictionaryLookup;
  #node = 0;
  #buffer = 0;

  constructor({ batch, body }: BatchBytes, memory: ArrowMemory, dictionaries: DictionaryLookup) {
    const { buffer } = memory.memory;
    this.#batch = batch;
    this.#body = body;
    this.#memory = memory;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
    this.#dictionaries = dictionaries;
  }

  /** The next field's vector, of at least so many rows. */
  column(field: ArrowField, rows: number): ColumnVector {
    const node = this.#batch.nodes[this.#node++];
    if (node === undefined || node.length < rows || node.length > 2 ** 31) throw corrupt(`field ${field.name} has too few rows`);
    const { length } = node;
    const dataType = typeOfField(field);
    if (field.type.kind === "null" && field.dictionary === undefined) return this.#nothing(dataType, length);
    const bits = this.#next();
    const validity = node.nulls === 0 || bits.byteLength === 0 ? 0 : this.#copy(bits, (length + 7) >> 3);
    if (field.dictionary !== undefined) return this.#codes(field, field.dictionary, dataType, length, validity);
    switch (field.type.kind) {
      case "list":
      case "large-list":
      case "map":
      case "fixed-list":
        return this.#list(field, dataType, length, validity);
      case "struct": {
        const children = field.children.map((child) => this.column(child, length));
        return { dataType, physical: "struct", length, data: 0, validity, children };
      }
      case "utf8":
      case "binary":
      case "large-utf8":
      case "large-binary":
      case "fixed-binary":
        return { dataType, physical: "bytes", length, data: this.#texts(field, length), validity };
      default:
        return this.#fixed(field, dataType, length, validity);
    }
  }

  #nothing(dataType: DataType, length: number): ColumnVector {
    const validity = this.#allocate((length + 7) >> 3);
    const data = this.#allocate(length * 4);
    this.#bytes.fill(0, validity, validity + ((length + 7) >> 3));
    return { dataType, physical: "int32", length, data, validity };
  }

  #codes(
    field: ArrowField,
    { bits, isSigned }: NonNullable<ArrowField["dictionary"]>,
    dataType: DataType,
    length: number,
    validity: number,
  ): ColumnVector {
    const values = this.#dictionaries(field);
    const source = this.#view64(this.#next(), length * (bits / 8));
    const width = bits === 8 ? 1 : bits === 16 ? 2 : 4;
    const data = this.#allocate(length * width);
    // Codes that stand for null make the row null: dictionaries here have no nulls.
    let bitmap = validity;
    for (let row = 0; row < length; row++) {
      const isNull = validity !== 0 && !this.#bit(validity, row);
      const code = isNull ? 0 : integerAt(source, row, bits, isSigned);
      if (!isNull && (code < 0 || code >= values.length)) throw corrupt(`a code of field ${field.name} is not in its dictionary`);
      if (!isNull && values.validity !== 0 && !this.#bit(values.validity, code)) {
        if (bitmap === 0) this.#bytes.fill(255, (bitmap = this.#allocate((length + 7) >> 3)), bitmap + ((length + 7) >> 3));
        this.#bytes[bitmap + (row >> 3)] = (this.#bytes[bitmap + (row >> 3)] ?? 0) & ~(1 << (row & 7));
      }
      if (width === 1) this.#view.setUint8(data + row, code);
      else if (width === 2) this.#view.setUint16(data + row * 2, code, true);
      else this.#view.setUint32(data + row * 4, code, true);
    }
    const { physical } = values;
    return { dataType, physical, length, data, validity: bitmap, dictionary: { width, values: { ...values, validity: 0 } } };
  }

  #list(field: ArrowField, dataType: DataType, length: number, validity: number): ColumnVector {
    const { data, total } =
      field.type.kind === "fixed-list" ? this.#equalSlices(field, length, field.type.length) : this.#slices(field, length);
    const [first] = field.children;
    if (first === undefined) throw corrupt(`list ${field.name} has no elements`);
    const child = this.column(first, total);
    const children = field.type.kind === "map" ? (child.children ?? []) : [child];
    return { dataType, physical: "list", length, data, validity, children };
  }

  /** Where lists of one length lie. */
  #equalSlices(field: ArrowField, length: number, size: number): Slices {
    if (size < 0 || length * size > 2 ** 31) throw corrupt(`lists of field ${field.name} have ${size} elements`);
    const data = this.#allocate(length * 8);
    for (let row = 0; row < length; row++) {
      this.#view.setUint32(data + row * 8, row * size, true);
      this.#view.setUint32(data + row * 8 + 4, size, true);
    }
    return { data, total: length * size };
  }

  /** Where the elements of each list or the bytes of each text lie. */
  #slices(field: ArrowField, length: number): Slices {
    const at = this.#offsets(field, length);
    const data = this.#allocate(length * 8);
    let start = at(0);
    if (start < 0) throw corrupt(`offsets of field ${field.name} are negative`);
    for (let row = 0; row < length; row++) {
      const end = at(row + 1);
      if (end < start || end > 2 ** 32 - 1) throw corrupt(`offsets of field ${field.name} fall`);
      this.#view.setUint32(data + row * 8, start, true);
      this.#view.setUint32(data + row * 8 + 4, end - start, true);
      start = end;
    }
    return { data, total: start };
  }

  #offsets(field: ArrowField, length: number): (index: number) => number {
    const isLarge = field.type.kind.startsWith("large");
    const buffer = this.#next();
    // A column without rows may have no offsets at all.
    if (length === 0 && buffer.byteLength === 0) return () => 0;
    const view = this.#view64(buffer, (length + 1) * (isLarge ? 8 : 4));
    return isLarge ? (index) => Number(view.getBigInt64(index * 8, true)) : (index) => view.getInt32(index * 4, true);
  }

  #texts(field: ArrowField, length: number): number {
    if (field.type.kind === "fixed-binary") {
      const { bytes } = field.type;
      if (bytes < 0) throw corrupt(`field ${field.name} has values of ${bytes} bytes`);
      const at = this.#copy(this.#next(), length * bytes);
      const data = this.#allocate(length * 8);
      for (let row = 0; row < length; row++) {
        this.#view.setUint32(data + row * 8, at + row * bytes, true);
        this.#view.setUint32(data + row * 8 + 4, bytes, true);
      }
      return data;
    }
    const { data, total } = this.#slices(field, length);
    const text = this.#copy(this.#next(), total);
    for (let row = 0; row < length; row++) this.#view.setUint32(data + row * 8, text + this.#view.getUint32(data + row * 8, true), true);
    return data;
  }

  #fixed(field: ArrowField, dataType: DataType, length: number, validity: number): ColumnVector {
    const form = formOf(field);
    if (form.read === undefined) {
      const data = this.#copy(this.#next(), length * physicalBytes[form.physical]);
      return { dataType, physical: form.physical, length, data, validity };
    }
    const source = this.#view64(this.#next(), Math.ceil(length * form.bytes));
    const data = this.#allocate(length * physicalBytes[form.physical]);
    for (let row = 0; row < length; row++) form.read(source, row, this.#view, data);
    return { dataType, physical: form.physical, length, data, validity };
  }

  #bit(bitmap: number, row: number): boolean {
    return (((this.#bytes[bitmap + (row >> 3)] ?? 0) >> (row & 7)) & 1) === 1;
  }

  #allocate(bytes: number): number {
    return this.#memory.allocate(bytes + slackBytes, 16);
  }

  /** Bytes of the body in the memory. */
  #copy(source: Uint8Array, bytes: number): number {
    if (source.byteLength < bytes) throw corrupt("a buffer is shorter than its rows need");
    const at = this.#allocate(bytes);
    this.#bytes.set(source.subarray(0, bytes), at);
    return at;
  }

  #view64(source: Uint8Array, bytes: number): DataView {
    if (source.byteLength < bytes) throw corrupt("a buffer is shorter than its rows need");
    return new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** The next buffer of the body. */
  #next(): Uint8Array {
    const { buffers, codec } = this.#batch;
    const buffer = buffers[this.#buffer++];
    if (buffer === undefined) throw corrupt("a batch has too few buffers");
    const { offset, bytes } = buffer;
    if (offset < 0 || bytes < 0 || offset + bytes > this.#body.byteLength) throw corrupt("a buffer lies outside of its batch");
    const raw = this.#body.subarray(offset, offset + bytes);
    return codec === undefined || bytes === 0 ? raw : decompress(codec, raw);
  }
}

/** A compressed buffer begins with its size, -1 when it is not compressed after all. */
function decompress(codec: "lz4" | "zstd", raw: Uint8Array): Uint8Array {
  if (raw.byteLength < 8) throw corrupt("a compressed buffer has no size");
  const size = Number(new DataView(raw.buffer, raw.byteOffset, 8).getBigInt64(0, true));
  const rest = raw.subarray(8);
  if (size === -1) return rest;
  if (codec !== "zstd") throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: "buffers compressed with LZ4" });
  if (size < 0 || size > 2 ** 31) throw corrupt(`a buffer has ${size} bytes`);
  try {
    const bytes = zstdDecompressSync(rest, { maxOutputLength: Math.max(64, size) });
    if (bytes.byteLength === size) return bytes;
  } catch (cause) {
    throw corrupt("a buffer cannot be decompressed", cause);
  }
  throw corrupt("a buffer has another size than it says");
}

function integerAt(view: DataView, row: number, bits: number, isSigned: boolean): number {
  switch (bits) {
    case 8:
      return isSigned ? view.getInt8(row) : view.getUint8(row);
    case 16:
      return isSigned ? view.getInt16(row * 2, true) : view.getUint16(row * 2, true);
    case 32:
      return isSigned ? view.getInt32(row * 4, true) : view.getUint32(row * 4, true);
    default:
      return Number(view.getBigInt64(row * 8, true));
  }
}

/** How values of one width come to be those of a vector: as they are, or one by one. */
interface FixedForm {
  readonly physical: PhysicalType;
  /** Of a value in the buffer; an eighth for bits. */
  readonly bytes: number;
  readonly read?: (source: DataView, row: number, target: DataView, data: number) => void;
}

function formOf({ type, name }: ArrowField): FixedForm {
  switch (type.kind) {
    case "bool":
      return {
        physical: "boolean",
        bytes: 1 / 8,
        read: (source, row, target, data) => target.setUint8(data + row, (source.getUint8(row >> 3) >> (row & 7)) & 1),
      };
    case "int":
      return integerForm(type.bits, type.isSigned);
    case "float":
      if (type.bits !== 16) return { physical: type.bits === 32 ? "float32" : "float64", bytes: type.bits / 8 };
      return {
        physical: "float32",
        bytes: 2,
        read: (source, row, target, data) => target.setFloat32(data + row * 4, source.getFloat16(row * 2, true), true),
      };
    case "decimal":
      return decimalForm(type.bits);
    case "date":
      if (type.unit === "DAY") return { physical: "int32", bytes: 4 };
      return {
        physical: "int32",
        bytes: 8,
        read: (source, row, target, data) =>
          target.setInt32(data + row * 4, Math.floor(Number(source.getBigInt64(row * 8, true)) / 86_400_000), true),
      };
    case "time":
      return scaledForm(type.bits, nanos[type.unit], 1n);
    case "timestamp":
    case "duration":
      return type.unit === "NANOSECOND" ? scaledForm(64, 1n, 1000n) : scaledForm(64, nanos[type.unit] / 1000n, 1n);
    case "interval-months":
      return { physical: "int32", bytes: 4 };
    default:
      throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `the type ${type.kind}, of field ${name}` });
  }
}

const nanos: Readonly<Record<ArrowUnit, bigint>> = { SECOND: 1_000_000_000n, MILLISECOND: 1_000_000n, MICROSECOND: 1000n, NANOSECOND: 1n };

function integerForm(bits: number, isSigned: boolean): FixedForm {
  const own = { 8: "int8", 16: "int16", 32: "int32", 64: "int64" } as const;
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64)
    throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `integers of ${bits} bits` });
  if (isSigned) return { physical: own[bits], bytes: bits / 8 };
  switch (bits) {
    case 8:
      return {
        physical: "int16",
        bytes: 1,
        read: (source, row, target, data) => target.setInt16(data + row * 2, source.getUint8(row), true),
      };
    case 16:
      return {
        physical: "int32",
        bytes: 2,
        read: (source, row, target, data) => target.setInt32(data + row * 4, source.getUint16(row * 2, true), true),
      };
    case 32:
      return {
        physical: "int64",
        bytes: 4,
        read: (source, row, target, data) => target.setBigInt64(data + row * 8, BigInt(source.getUint32(row * 4, true)), true),
      };
    default:
      return {
        physical: "int128",
        bytes: 8,
        read: (source, row, target, data) => put128(target, data, row, source.getBigUint64(row * 8, true)),
      };
  }
}

function decimalForm(bits: number): FixedForm {
  switch (bits) {
    case 32:
      return { physical: "int32", bytes: 4 };
    case 64:
      return { physical: "int64", bytes: 8 };
    case 128:
      return { physical: "int128", bytes: 16 };
    case 256:
      // At most 38 digits, which 128 bits hold.
      return {
        physical: "int128",
        bytes: 32,
        read: (source, row, target, data) => {
          target.setBigInt64(data + row * 16, source.getBigInt64(row * 32, true), true);
          target.setBigInt64(data + row * 16 + 8, source.getBigInt64(row * 32 + 8, true), true);
        },
      };
    default:
      throw columnarErrors.create("ARROW_NOT_SUPPORTED", { what: `decimals of ${bits} bits` });
  }
}

function put128(target: DataView, data: number, row: number, value: bigint): void {
  target.setBigInt64(data + row * 16, BigInt.asIntN(64, value), true);
  target.setBigInt64(data + row * 16 + 8, value >> 64n, true);
}

/** Integers times a factor, or divided towards negative infinity. */
function scaledForm(bits: number, factor: bigint, divisor: bigint): FixedForm {
  if (bits === 64 && factor === 1n && divisor === 1n) return { physical: "int64", bytes: 8 };
  return {
    physical: "int64",
    bytes: bits / 8,
    read: (source, row, target, data) => {
      const value = (bits === 32 ? BigInt(source.getInt32(row * 4, true)) : source.getBigInt64(row * 8, true)) * factor;
      const rest = ((value % divisor) + divisor) % divisor;
      target.setBigInt64(data + row * 8, (value - rest) / divisor, true);
    },
  };
}

function corrupt(problem: string, cause?: unknown): Error {
  return columnarErrors.create("ARROW_CORRUPT", { problem }, { cause });
}
