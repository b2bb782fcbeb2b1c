import { type ArrowField, type ArrowType, arrowTypeIds, arrowUnits } from "./arrow-field.ts";
import { FlatBuilder, type FlatField } from "./flat-builder.ts";

/** Numbers of the messages' headers. */
export const messageHeader = { schema: 1, dictionaryBatch: 2, recordBatch: 3 } as const;

/** Version 5 of the metadata, which has been in use since Arrow 1.0. */
const version = 4;

/** Where a buffer lies in the body of its message. */
export interface BodyBuffer {
  readonly offset: number;
  readonly bytes: number;
}

/** What a record batch's metadata says. */
export interface BatchLayout {
  readonly length: number;
  /** Fields in depth-first order. */
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  readonly buffers: readonly BodyBuffer[];
  readonly bodyBytes: number;
}

/** Where a message lies in a file. */
export interface MessagePlace {
  readonly position: number;
  readonly metadataBytes: number;
  readonly bodyBytes: number;
}

/** The message that a stream begins with. */
export function schemaMessage(fields: readonly ArrowField[]): Uint8Array {
  const builder = new FlatBuilder();
  return message(builder, messageHeader.schema, schemaTable(builder, fields), 0);
}

/** The metadata of rows, or of a dictionary's values when `dictionary` is its number. */
export function batchMessage(layout: BatchLayout, dictionary?: number): Uint8Array {
  const builder = new FlatBuilder();
  const buffers = builder.structs(layout.buffers.map(({ offset, bytes }) => [BigInt(offset), BigInt(bytes)]));
  const nodes = builder.structs(layout.nodes.map(({ length, nulls }) => [BigInt(length), BigInt(nulls)]));
  const batch = builder.table([
    { slot: 0, bytes: 8, value: BigInt(layout.length) },
    { slot: 1, at: nodes },
    { slot: 2, at: buffers },
  ]);
  if (dictionary === undefined) return message(builder, messageHeader.recordBatch, batch, layout.bodyBytes);
  const header = builder.table([
    { slot: 0, bytes: 8, value: BigInt(dictionary) },
    { slot: 1, at: batch },
  ]);
  return message(builder, messageHeader.dictionaryBatch, header, layout.bodyBytes);
}

/** The footer of a file. */
export function fileFooter(
  fields: readonly ArrowField[],
  dictionaries: readonly MessagePlace[],
  batches: readonly MessagePlace[],
): Uint8Array {
  const builder = new FlatBuilder();
  const blocks = (places: readonly MessagePlace[]): number =>
    builder.structs(places.map(({ position, metadataBytes, bodyBytes }) => [BigInt(position), BigInt(metadataBytes), BigInt(bodyBytes)]));
  const batchBlocks = blocks(batches);
  const dictionaryBlocks = blocks(dictionaries);
  const schema = schemaTable(builder, fields);
  return builder.finish(
    builder.table([
      { slot: 0, bytes: 2, value: version },
      { slot: 1, at: schema },
      { slot: 2, at: dictionaryBlocks },
      { slot: 3, at: batchBlocks },
    ]),
  );
}

function message(builder: FlatBuilder, header: number, at: number, bodyBytes: number): Uint8Array {
  return builder.finish(
    builder.table([
      { slot: 3, bytes: 8, value: BigInt(bodyBytes) },
      { slot: 2, at },
      { slot: 0, bytes: 2, value: version },
      { slot: 1, bytes: 1, value: header },
    ]),
  );
}

function schemaTable(builder: FlatBuilder, fields: readonly ArrowField[]): number {
  const places = builder.list(fields.map((field) => fieldTable(builder, field)));
  return builder.table([{ slot: 1, at: places }]);
}

function fieldTable(builder: FlatBuilder, field: ArrowField): number {
  const pairs = Object.entries(field.metadata ?? {}).map(([key, value]) => {
    const [k, v] = [builder.text(key), builder.text(value)];
    return builder.table([
      { slot: 0, at: k },
      { slot: 1, at: v },
    ]);
  });
  const children = builder.list(field.children.map((child) => fieldTable(builder, child)));
  const [id, fields] = typeTable(builder, field.type);
  const type = builder.table(fields);
  const name = builder.text(field.name);
  const parts: FlatField[] = [
    { slot: 0, at: name },
    { slot: 3, at: type },
    { slot: 5, at: children },
  ];
  if (field.dictionary !== undefined) parts.push({ slot: 4, at: dictionaryTable(builder, field.dictionary) });
  if (pairs.length > 0) parts.push({ slot: 6, at: builder.list(pairs) });
  parts.push({ slot: 1, bytes: 1, value: Number(field.nullable) }, { slot: 2, bytes: 1, value: id });
  return builder.table(parts);
}

function dictionaryTable(builder: FlatBuilder, { id, bits, isSigned }: NonNullable<ArrowField["dictionary"]>): number {
  const index = builder.table([
    { slot: 0, bytes: 4, value: bits },
    { slot: 1, bytes: 1, value: Number(isSigned) },
  ]);
  return builder.table([
    { slot: 0, bytes: 8, value: BigInt(id) },
    { slot: 1, at: index },
  ]);
}

/** A type's number in the union, and the fields of its table. Units and widths that are a default other than 0 are those that are never written. */
function typeTable(builder: FlatBuilder, type: ArrowType): readonly [id: number, fields: readonly FlatField[]] {
  const int = (slot: number, value: number): FlatField => ({ slot, bytes: 4, value });
  const short = (value: number): FlatField => ({ slot: 0, bytes: 2, value });
  const ids = arrowTypeIds;
  switch (type.kind) {
    case "int":
      return [ids.int, [int(0, type.bits), { slot: 1, bytes: 1, value: Number(type.isSigned) }]];
    case "float":
      return [ids.float, [short(type.bits === 64 ? 2 : type.bits === 32 ? 1 : 0)]];
    case "decimal":
      return [ids.decimal, [int(0, type.precision), int(1, type.scale)]];
    case "timestamp": {
      const zone: readonly FlatField[] = type.timeZone === undefined ? [] : [{ slot: 1, at: builder.text(type.timeZone) }];
      return [ids.timestamp, [...zone, short(arrowUnits.indexOf(type.unit))]];
    }
    case "time":
      return [ids.time, [int(1, type.bits), short(arrowUnits.indexOf(type.unit))]];
    case "duration":
      return [ids.duration, [short(arrowUnits.indexOf(type.unit))]];
    case "date":
      // Days are 0, which has to be written: the default is milliseconds.
      return [ids.date, [{ slot: 0, bytes: 2, value: type.unit === "DAY" ? 0 : 1, isKept: true }]];
    case "fixed-binary":
      return [ids.fixedBinary, [int(0, type.bytes)]];
    case "fixed-list":
      return [ids.fixedList, [int(0, type.length)]];
    case "large-binary":
      return [ids.largeBinary, []];
    case "large-utf8":
      return [ids.largeUtf8, []];
    case "large-list":
      return [ids.largeList, []];
    case "interval-months":
      return [ids.interval, []];
    default:
      return [ids[type.kind], []];
  }
}
