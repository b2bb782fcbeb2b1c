import { columnarErrors } from "../errors.ts";
import { type ArrowField, type ArrowType, arrowTypeIds, type ArrowUnit, arrowUnits } from "./arrow-field.ts";
import { FlatTable } from "./flat-table.ts";
import { type BodyBuffer, messageHeader, type MessagePlace } from "./write-message.ts";

/** A record batch or the values of a dictionary. */
export interface BatchMessage {
  readonly length: number;
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  readonly buffers: readonly BodyBuffer[];
  /** The codec of each buffer, if they are compressed. */
  readonly codec?: "lz4" | "zstd";
}

/** What a message says; `body` is how many bytes follow it. */
export type ArrowMessage =
  | { readonly kind: "schema"; readonly fields: readonly ArrowField[]; readonly bodyBytes: number }
  | { readonly kind: "batch"; readonly batch: BatchMessage; readonly bodyBytes: number }
  | {
      readonly kind: "dictionary";
      readonly id: number;
      readonly isDelta: boolean;
      readonly batch: BatchMessage;
      readonly bodyBytes: number;
    };

/** Deeper schemas are refused. */
const depthMax = 64;

/** Understands the metadata of a message. @throws ARROW_CORRUPT, ARROW_NOT_SUPPORTED */
export function readMessage(bytes: Uint8Array): ArrowMessage {
  const root = FlatTable.root(bytes);
  const header = root.table(2);
  const bodyBytes = root.long(3);
  if (header === undefined || bodyBytes < 0) throw corrupt("a message says nothing");
  switch (root.byte(1)) {
    case messageHeader.schema:
      return { kind: "schema", fields: readSchema(header), bodyBytes };
    case messageHeader.recordBatch:
      return { kind: "batch", batch: readBatch(header), bodyBytes };
    case messageHeader.dictionaryBatch: {
      const batch = header.table(1);
      if (batch === undefined) throw corrupt("a dictionary has no values");
      return { kind: "dictionary", id: header.long(0), isDelta: header.byte(2) !== 0, batch: readBatch(batch), bodyBytes };
    }
    default:
      throw unsupported(`messages of kind ${root.byte(1)}`);
  }
}

/** Understands the footer of a file. @throws ARROW_CORRUPT, ARROW_NOT_SUPPORTED */
export function readFooter(bytes: Uint8Array): {
  readonly fields: readonly ArrowField[];
  readonly dictionaries: readonly MessagePlace[];
  readonly batches: readonly MessagePlace[];
} {
  const root = FlatTable.root(bytes);
  const schema = root.table(1);
  if (schema === undefined) throw corrupt("its footer has no schema");
  const places = (slot: number): MessagePlace[] =>
    // The second integer has 32 bits and 4 bytes of padding behind them.
    root.structs(slot, 3).map(([position = 0, metadataBytes = 0, bodyBytes = 0]) => ({
      position,
      metadataBytes: metadataBytes % 2 ** 32,
      bodyBytes,
    }));
  return { fields: readSchema(schema), dictionaries: places(2), batches: places(3) };
}

function readSchema(schema: FlatTable): ArrowField[] {
  if (schema.short(0) !== 0) throw unsupported("big-endian values");
  return schema.tables(1).map((field) => readField(field, 0));
}

function readField(table: FlatTable, depth: number): ArrowField {
  if (depth > depthMax) throw corrupt("its schema is nested too deeply");
  const name = table.text(0) ?? "";
  const dictionary = table.table(4);
  const index = dictionary?.table(1);
  const pairs = table.tables(6).map((pair) => [pair.text(0) ?? "", pair.text(1) ?? ""] as const);
  return {
    name,
    nullable: table.byte(1) !== 0,
    type: readType(table, name),
    children: table.tables(5).map((child) => readField(child, depth + 1)),
    ...(dictionary === undefined
      ? {}
      : // Codes are signed integers of 32 bits unless said.
        { dictionary: { id: dictionary.long(0), bits: index?.int(0) ?? 32, isSigned: index === undefined || index.byte(1) !== 0 } }),
    ...(pairs.length === 0 ? {} : { metadata: Object.fromEntries(pairs) }),
  };
}

function readType(field: FlatTable, name: string): ArrowType {
  const type = field.table(3);
  const ids = arrowTypeIds;
  if (type === undefined) throw corrupt(`field ${name} has no type`);
  switch (field.byte(2)) {
    case ids.null:
      return { kind: "null" };
    case ids.bool:
      return { kind: "bool" };
    case ids.int:
      return { kind: "int", bits: type.int(0), isSigned: type.byte(1) !== 0 };
    case ids.float:
      return { kind: "float", bits: type.short(0) === 2 ? 64 : type.short(0) === 1 ? 32 : 16 };
    case ids.decimal:
      return { kind: "decimal", precision: type.int(0), scale: type.int(1), bits: type.int(2, 128) };
    case ids.date:
      return { kind: "date", unit: type.short(0, 1) === 0 ? "DAY" : "MILLISECOND" };
    case ids.time:
      return { kind: "time", unit: unitOf(type, 1), bits: type.int(1, 32) };
    case ids.timestamp: {
      const timeZone = type.text(1);
      return { kind: "timestamp", unit: unitOf(type, 0), ...(timeZone === undefined ? {} : { timeZone }) };
    }
    case ids.interval:
      if (type.short(0) !== 0) throw unsupported(`intervals of days, of field ${name}`);
      return { kind: "interval-months" };
    case ids.duration:
      return { kind: "duration", unit: unitOf(type, 1) };
    case ids.fixedBinary:
      return { kind: "fixed-binary", bytes: type.int(0) };
    default:
      return readNestedType(field.byte(2), type, name);
  }
}

function readNestedType(id: number, type: FlatTable, name: string): ArrowType {
  const ids = arrowTypeIds;
  switch (id) {
    case ids.utf8:
      return { kind: "utf8" };
    case ids.largeUtf8:
      return { kind: "large-utf8" };
    case ids.binary:
      return { kind: "binary" };
    case ids.largeBinary:
      return { kind: "large-binary" };
    case ids.list:
      return { kind: "list" };
    case ids.largeList:
      return { kind: "large-list" };
    case ids.fixedList:
      return { kind: "fixed-list", length: type.int(0) };
    case ids.map:
      return { kind: "map" };
    case ids.struct:
      return { kind: "struct" };
    default:
      throw unsupported(`type ${id}, of field ${name}`);
  }
}

function unitOf(type: FlatTable, absent: number): ArrowUnit {
  const unit = arrowUnits[type.short(0, absent)];
  if (unit === undefined) throw corrupt("a time has no unit");
  return unit;
}

function readBatch(table: FlatTable): BatchMessage {
  const compression = table.table(3);
  const nodes = table.structs(1, 2).map(([length = 0, nulls = 0]) => ({ length, nulls }));
  const buffers = table.structs(2, 2).map(([offset = 0, bytes = 0]) => ({ offset, bytes }));
  const codec = compression === undefined ? undefined : compression.byte(0) === 1 ? "zstd" : "lz4";
  return { length: table.long(0), nodes, buffers, ...(codec === undefined ? {} : { codec }) };
}

function corrupt(problem: string): Error {
  return columnarErrors.create("ARROW_CORRUPT", { problem });
}

function unsupported(what: string): Error {
  return columnarErrors.create("ARROW_NOT_SUPPORTED", { what });
}
