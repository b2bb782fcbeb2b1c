import {
  asList,
  asText,
  type ArrowMemory,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
  MapValue,
  physicalBytes,
  type PhysicalType,
  type SQLRow,
  type SQLValue,
  type StructType,
  VariantValue,
} from "../src/internal.ts";

/** Memory that is given out from its start, with arbitrary contents. */
export class TestMemory implements ArrowMemory {
  readonly memory: WebAssembly.Memory;
  #next = 64;

  constructor(pages: number) {
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  }

  allocate(bytes: number, align = 16): number {
    const at = Math.ceil(this.#next / align) * align;
    this.#next = at + bytes;
    if (this.#next > this.memory.buffer.byteLength) throw new RangeError("the memory of the test is full");
    new Uint8Array(this.memory.buffer).fill(0xa5, at, at + bytes);
    return at;
  }

  reset(): void {
    this.#next = 64;
  }
}

/** What a vector may be for the same values. */
export interface VectorStyle {
  /** Integers in the fewest bytes. */
  readonly isNarrow: boolean;
  /** Small integers in 32 bits, as Parquet has them. */
  readonly isWide: boolean;
  /** Text as codes of a dictionary. */
  readonly isCoded: boolean;
  /** Elements of lists from the last list to the first. */
  readonly isReversed: boolean;
}

/** A batch of rows. */
export function batchOf({ fields }: StructType, rows: readonly SQLRow[], memory: ArrowMemory, style: VectorStyle): ColumnBatch {
  const builder = new VectorBuilder(memory, style);
  const columns = fields.map(({ dataType }, index) =>
    builder.vector(
      dataType,
      rows.map((row) => row[index] ?? null),
    ),
  );
  return { length: rows.length, columns };
}

class VectorBuilder {
  readonly #memory: ArrowMemory;
  readonly #style: VectorStyle;
  readonly #bytes: Buffer;
  readonly #view: DataView;

  constructor(memory: ArrowMemory, style: VectorStyle) {
    const { buffer } = memory.memory;
    this.#memory = memory;
    this.#style = style;
    this.#bytes = Buffer.from(buffer);
    this.#view = new DataView(buffer);
  }

  vector(dataType: DataType, values: readonly SQLValue[]): ColumnVector {
    const validity = this.#validity(values);
    const { length } = values;
    switch (dataType.kind) {
      case "struct":
      case "variant": {
        const types = dataType.kind === "struct" ? dataType.fields.map((field) => field.dataType) : variantParts;
        const parts = values.map((value) =>
          value instanceof VariantValue ? [value.value, value.metadata] : value === null ? [] : asList(value),
        );
        const children = types.map((type, index) =>
          this.vector(
            type,
            parts.map((part) => part[index] ?? null),
          ),
        );
        return { dataType, physical: "struct", length, data: 0, validity, children };
      }
      case "array":
        return this.#list(dataType, values, validity, [dataType.element], (value) => [asList(value)]);
      case "map":
        return this.#list(dataType, values, validity, [dataType.key, dataType.value], (value) =>
          value instanceof MapValue ? [value.keys, value.values] : [],
        );
      case "string":
      case "char":
      case "varchar":
      case "binary":
        return this.#style.isCoded ? this.#coded(dataType, values, validity) : { ...this.#texts(dataType, values), validity };
      default:
        return this.#fixed(dataType, values, validity);
    }
  }

  #validity(values: readonly SQLValue[]): number {
    if (!values.includes(null)) return 0;
    const at = this.#memory.allocate((values.length + 7) >> 3);
    values.forEach((value, row) => {
      const bit = 1 << (row & 7);
      const byte = this.#bytes[at + (row >> 3)] ?? 0;
      this.#bytes[at + (row >> 3)] = value === null ? byte & ~bit : byte | bit;
    });
    return at;
  }

  #list(
    dataType: DataType,
    values: readonly SQLValue[],
    validity: number,
    types: readonly DataType[],
    partsOf: (value: SQLValue) => readonly (readonly SQLValue[])[],
  ): ColumnVector {
    const { length } = values;
    const data = this.#memory.allocate(length * 8);
    const parts: SQLValue[][] = types.map(() => []);
    const order = values.map((_, row) => row);
    for (const row of this.#style.isReversed ? order.toReversed() : order) {
      const value = values[row] ?? null;
      // A list that is null holds anything.
      if (value === null) continue;
      this.#view.setUint32(data + row * 8, parts[0]?.length ?? 0, true);
      const given = partsOf(value);
      given.forEach((each, index) => parts[index]?.push(...each));
      this.#view.setUint32(data + row * 8 + 4, given[0]?.length ?? 0, true);
    }
    const children = types.map((type, index) => this.vector(type, parts[index] ?? []));
    return { dataType, physical: "list", length, data, validity, children };
  }

  #coded(dataType: DataType, values: readonly SQLValue[], validity: number): ColumnVector {
    const keys = new Map<string, SQLValue>();
    for (const value of values) if (value !== null) keys.set(keyOf(value), value);
    const codes = new Map([...keys.keys()].map((key, code) => [key, code]));
    const width = keys.size <= 256 ? 1 : 2;
    const data = this.#memory.allocate(values.length * width);
    values.forEach((value, row) => {
      if (value === null) return;
      const code = codes.get(keyOf(value)) ?? 0;
      if (width === 1) this.#view.setUint8(data + row, code);
      else this.#view.setUint16(data + row * 2, code, true);
    });
    const dictionary = { width, values: this.#texts(dataType, [...keys.values()]) } as const;
    return { dataType, physical: "bytes", length: values.length, data, validity, dictionary };
  }

  #texts(dataType: DataType, values: readonly SQLValue[]): ColumnVector {
    const data = this.#memory.allocate(values.length * 8);
    values.forEach((value, row) => {
      if (value === null) return;
      const bytes = value instanceof Uint8Array ? value : Buffer.from(asText(value));
      const at = this.#memory.allocate(bytes.byteLength, 1);
      this.#bytes.set(bytes, at);
      this.#view.setUint32(data + row * 8, at, true);
      this.#view.setUint32(data + row * 8 + 4, bytes.byteLength, true);
    });
    return { dataType, physical: "bytes", length: values.length, data, validity: 0 };
  }

  #fixed(dataType: DataType, values: readonly SQLValue[], validity: number): ColumnVector {
    const physical = this.#physicalOf(dataType, values);
    const width = physicalBytes[physical];
    const data = this.#memory.allocate(values.length * width);
    values.forEach((value, row) => {
      const at = data + row * width;
      if (typeof value === "boolean") this.#view.setUint8(at, Number(value));
      else if (physical === "float32" && typeof value === "number") this.#view.setFloat32(at, value, true);
      else if (physical === "float64" && typeof value === "number") this.#view.setFloat64(at, value, true);
      else if (typeof value === "number" || typeof value === "bigint") {
        const integer = BigInt(value);
        for (let byte = 0; byte < width; byte++) this.#view.setUint8(at + byte, Number(BigInt.asUintN(8, integer >> BigInt(byte * 8))));
      }
    });
    return { dataType, physical, length: values.length, data, validity };
  }

  #physicalOf({ kind }: DataType, values: readonly SQLValue[]): PhysicalType {
    if (kind === "boolean") return "boolean";
    if (kind === "float") return "float32";
    if (kind === "double") return "float64";
    if (this.#style.isWide && (kind === "byte" || kind === "short")) return "int32";
    const widest = { byte: 8, short: 16, integer: 32, date: 32, "year-month-interval": 32, void: 32, decimal: 128 }[kind as string] ?? 64;
    const names = { 8: "int8", 16: "int16", 32: "int32", 64: "int64", 128: "int128" } as const;
    const fits = (bits: number): boolean =>
      values.every(
        (value) => (typeof value !== "number" && typeof value !== "bigint") || BigInt.asIntN(bits, BigInt(value)) === BigInt(value),
      );
    const bits = this.#style.isNarrow ? ([8, 16, 32, 64] as const).find((each) => each < widest && fits(each)) : undefined;
    return names[(bits ?? widest) as keyof typeof names];
  }
}

const variantParts: readonly DataType[] = [{ kind: "binary" }, { kind: "binary" }];

function keyOf(value: SQLValue): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : asText(value);
}
