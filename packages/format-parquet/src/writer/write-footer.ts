import type { StructType } from "@vonk/columnar/internal";
import type { FileRange } from "../metadata/parquet-metadata.ts";
import { physicalTypes } from "../metadata/parquet-enums.ts";
import type { LogicalType, SchemaElement } from "../schema/schema-element.ts";
import { sparkSchemaKey, writeSparkSchema } from "../schema/spark-schema.ts";
import { CompactWriter } from "../thrift/compact-writer.ts";
import type { WrittenChunk } from "./chunk-writer.ts";
import { codecNumbers, type ParquetWriteCodec } from "./compress-page.ts";
import type { LeafPlan, WritePlan } from "./write-node.ts";

/** A row group whose bytes are in the file. */
export interface WrittenRowGroup {
  readonly rows: number;
  readonly chunks: readonly WrittenPlace[];
}

/** A chunk and where it and what belongs to it lie in the file. */
export interface WrittenPlace {
  readonly chunk: WrittenChunk;
  readonly position: number;
  bloomFilter?: FileRange;
  columnIndex?: FileRange;
  offsetIndex?: FileRange;
}

interface FooterOptions {
  readonly codec: ParquetWriteCodec;
  readonly keyValues: Readonly<Record<string, string>>;
}

/** The FileMetaData structure of a file. */
export function writeFooter(schema: StructType, plan: WritePlan, groups: readonly WrittenRowGroup[], options: FooterOptions): Uint8Array {
  const writer = new CompactWriter();
  const keyValues = Object.entries({ [sparkSchemaKey]: writeSparkSchema(schema), ...options.keyValues });
  writer.struct(() => {
    writer.integerField(1, 1);
    writer.structListField(2, plan.elements, (element) => writeSchemaElement(writer, element));
    writer.integerField(
      3,
      groups.reduce((sum, group) => sum + group.rows, 0),
      true,
    );
    writer.structListField(4, groups, (group) => writeRowGroup(writer, plan, group, options.codec));
    writer.structListField(5, keyValues, ([key, value]) => {
      writer.textField(1, key);
      writer.textField(2, value);
    });
    writer.textField(6, "vonk");
    // Statistics are in the order of the types.
    writer.structListField(7, plan.leaves, () => writer.structField(1, () => {}));
  });
  return writer.written();
}

function writeRowGroup(writer: CompactWriter, plan: WritePlan, { rows, chunks }: WrittenRowGroup, codec: ParquetWriteCodec): void {
  const pairs = plan.leaves.flatMap((leaf, index) => {
    const written = chunks[index];
    return written === undefined ? [] : [{ leaf, ...written }];
  });
  const sum = (bytes: (chunk: WrittenChunk) => number): number => pairs.reduce((total, { chunk }) => total + bytes(chunk), 0);
  writer.structListField(1, pairs, ({ leaf, ...place }) => {
    writer.integerField(2, place.position, true);
    writer.structField(3, () => writeColumnMetadata(writer, leaf, place, codec));
    for (const [id, range] of [[4, place.offsetIndex] as const, [6, place.columnIndex] as const]) {
      if (range === undefined) continue;
      writer.integerField(id, range.position, true);
      writer.integerField(id + 1, range.bytes);
    }
  });
  writer.integerField(
    2,
    sum((chunk) => chunk.uncompressedBytes),
    true,
  );
  writer.integerField(3, rows, true);
  writer.integerField(5, pairs[0]?.position ?? 0, true);
  writer.integerField(
    6,
    sum((chunk) => chunk.compressedBytes),
    true,
  );
}

function writeColumnMetadata(writer: CompactWriter, leaf: LeafPlan, place: WrittenPlace, codec: ParquetWriteCodec): void {
  const { chunk, position, bloomFilter } = place;
  writer.integerField(1, physicalTypes.indexOf(leaf.writer.type));
  writer.integerListField(2, chunk.encodings);
  writer.textListField(3, leaf.path);
  writer.integerField(4, codecNumbers[codec]);
  writer.integerField(5, chunk.values, true);
  writer.integerField(6, chunk.uncompressedBytes, true);
  writer.integerField(7, chunk.compressedBytes, true);
  writer.integerField(9, position + chunk.dataOffset, true);
  if (chunk.dataOffset > 0) writer.integerField(11, position, true);
  writer.structField(12, () => {
    writer.integerField(3, chunk.statistics.nulls, true);
    const bounds = chunk.statistics.shortBounds();
    if (bounds === undefined) return;
    writer.bytesField(5, bounds[1]);
    writer.bytesField(6, bounds[0]);
    writer.booleanField(7, true);
    writer.booleanField(8, true);
  });
  if (bloomFilter === undefined) return;
  writer.integerField(14, bloomFilter.position, true);
  writer.integerField(15, bloomFilter.bytes);
}

const repetitions = ["required", "optional", "repeated"] as const;

function writeSchemaElement(writer: CompactWriter, element: SchemaElement): void {
  const { type, logical } = element;
  if (type !== undefined) writer.integerField(1, physicalTypes.indexOf(type));
  if (element.typeLength > 0) writer.integerField(2, element.typeLength);
  writer.integerField(3, repetitions.indexOf(element.repetition));
  writer.textField(4, element.name);
  if (type === undefined) writer.integerField(5, element.childCount);
  const converted = logical === undefined ? undefined : convertedNumber(logical);
  if (converted !== undefined) writer.integerField(6, converted);
  if (logical?.kind === "DECIMAL") {
    writer.integerField(7, logical.scale);
    writer.integerField(8, logical.precision);
  }
  if (logical !== undefined) writer.structField(10, () => writeLogicalType(writer, logical));
}

/** The older annotation, where there is one that says the same. */
function convertedNumber(logical: LogicalType): number | undefined {
  switch (logical.kind) {
    case "STRING":
      return 0;
    case "MAP":
      return 1;
    case "LIST":
      return 3;
    case "DECIMAL":
      return 5;
    case "DATE":
      return 6;
    case "TIMESTAMP":
      return logical.isUTC ? 10 : undefined;
    case "INTEGER":
      return logical.bits === 8 ? 15 : 16;
    default:
      return undefined;
  }
}

function writeLogicalType(writer: CompactWriter, logical: LogicalType): void {
  const empty = { STRING: 1, MAP: 2, LIST: 3, DATE: 6, UNKNOWN: 11, VARIANT: 16 } as const;
  switch (logical.kind) {
    case "DECIMAL":
      return writer.structField(5, () => {
        writer.integerField(1, logical.scale);
        writer.integerField(2, logical.precision);
      });
    case "TIME":
    case "TIMESTAMP":
      return writer.structField(logical.kind === "TIME" ? 7 : 8, () => {
        writer.booleanField(1, logical.isUTC);
        writer.structField(2, () => writer.structField(2, () => {}));
      });
    case "INTEGER":
      return writer.structField(10, () => {
        writer.byteField(1, logical.bits);
        writer.booleanField(2, logical.isSigned);
      });
    case "STRING":
    case "MAP":
    case "LIST":
    case "DATE":
    case "UNKNOWN":
    case "VARIANT":
      return writer.structField(empty[logical.kind], () => {});
    default:
      return;
  }
}
