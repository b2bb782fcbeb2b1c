import { columnarErrors } from "../errors.ts";
import { structField, type StructType, structType } from "../schema/data-type.ts";
import type { ColumnBatch, ColumnVector } from "../vector/column-vector.ts";
import type { ArrowField } from "./arrow-field.ts";
import { arrowMagic } from "./arrow-writer.ts";
import { type ArrowMemory, type BatchBytes, decodeColumns } from "./decode-columns.ts";
import { joinVectors } from "./join-vectors.ts";
import { type ArrowMessage, readFooter, readMessage } from "./read-message.ts";
import { typeOfField } from "./type-of-field.ts";

/** Arrow data whose schema is known. */
export interface ArrowReader {
  readonly schema: StructType;
  /**
   * The batches, each decoded when it is asked for. The caller may give the memory back before it asks for the next.
   * @throws ARROW_CORRUPT, ARROW_NOT_SUPPORTED
   */
  batches(memory: ArrowMemory): Iterable<ColumnBatch>;
}

/**
 * Reads Arrow's IPC stream or file. Dictionaries stay dictionaries; unsigned integers have the next wider type, times are microseconds, and times of
 * day nanoseconds. Bodies may be compressed with ZSTD. @throws ARROW_CORRUPT, ARROW_NOT_SUPPORTED
 */
export function openArrow(bytes: Uint8Array): ArrowReader {
  const isFile = arrowMagic.every((byte, index) => bytes[index] === byte);
  const { fields, messages } = isFile ? openFile(bytes) : openStream(bytes);
  return {
    schema: structType(fields.map((field) => structField(field.name, typeOfField(field), field.nullable))),
    *batches(memory) {
      const dictionaries = new Map<number, BatchBytes[]>();
      for (const { message, body } of messages()) {
        if (message.kind === "dictionary") {
          const before = message.isDelta ? (dictionaries.get(message.id) ?? []) : [];
          dictionaries.set(message.id, [...before, { batch: message.batch, body }]);
        } else if (message.kind === "batch") yield decodeBatch(fields, { batch: message.batch, body }, memory, dictionaries);
      }
    },
  };
}

function decodeBatch(
  fields: readonly ArrowField[],
  bytes: BatchBytes,
  memory: ArrowMemory,
  dictionaries: ReadonlyMap<number, readonly BatchBytes[]>,
): ColumnBatch {
  const decoded = new Map<number, ColumnVector>();
  const lookup = (field: ArrowField): ColumnVector => {
    const { dictionary, ...plain } = field;
    const id = dictionary?.id ?? -1;
    const known = decoded.get(id);
    if (known !== undefined) return known;
    const parts = dictionaries.get(id);
    if (parts === undefined) throw corrupt(`there is no dictionary for field ${field.name}`);
    const vectors = parts.flatMap((part) => decodeColumns([plain], part, memory, lookup));
    const vector = joinVectors(vectors, memory);
    decoded.set(id, vector);
    return vector;
  };
  const columns = decodeColumns(fields, bytes, memory, lookup);
  if (columns.some((column) => column.length !== bytes.batch.length)) throw corrupt("the columns of a batch differ in length");
  return { length: bytes.batch.length, columns };
}

interface MessageBytes {
  readonly message: ArrowMessage;
  readonly body: Uint8Array;
}

interface Messages {
  readonly fields: readonly ArrowField[];
  readonly messages: () => Iterable<MessageBytes>;
}

function openStream(bytes: Uint8Array): Messages {
  const first = messageAt(bytes, 0);
  if (first?.message.kind !== "schema") throw corrupt("it does not begin with a schema");
  const { end } = first;
  return {
    fields: first.message.fields,
    *messages() {
      for (let next = messageAt(bytes, end); next !== undefined; next = messageAt(bytes, next.end)) yield next;
    },
  };
}

function openFile(bytes: Uint8Array): Messages {
  const tail = arrowMagic.byteLength + 4;
  const end = bytes.byteLength - tail;
  if (end < 8 || !arrowMagic.every((byte, index) => bytes[end + 4 + index] === byte)) throw corrupt("its end is missing");
  const size = new DataView(bytes.buffer, bytes.byteOffset + end, 4).getInt32(0, true);
  if (size <= 0 || size > end) throw corrupt(`its footer has ${size} bytes`);
  const { fields, dictionaries, batches } = readFooter(bytes.subarray(end - size, end));
  return {
    fields,
    *messages() {
      for (const { position } of [...dictionaries, ...batches]) {
        const message = messageAt(bytes, position);
        if (message === undefined) throw corrupt("its footer names what is not there");
        yield message;
      }
    },
  };
}

/** The message at a position, with where it ends; undefined at the end of a stream. */
function messageAt(bytes: Uint8Array, position: number): (MessageBytes & { readonly end: number }) | undefined {
  if (position === bytes.byteLength) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordAt = (at: number): number => {
    if (at < 0 || at + 4 > bytes.byteLength) throw corrupt("it ends within a message");
    return view.getUint32(at, true);
  };
  // Before version 0.15 there was no mark.
  const isMarked = wordAt(position) === 0xffff_ffff;
  const size = isMarked ? wordAt(position + 4) : wordAt(position);
  if (size === 0) return undefined;
  const start = position + (isMarked ? 8 : 4);
  if (start + size > bytes.byteLength) throw corrupt("it ends within a message");
  const message = readMessage(bytes.subarray(start, start + size));
  const end = start + size + message.bodyBytes;
  if (end > bytes.byteLength) throw corrupt("it ends within a batch");
  return { message, body: bytes.subarray(start + size, end), end };
}

function corrupt(problem: string): Error {
  return columnarErrors.create("ARROW_CORRUPT", { problem });
}
