import type { StructType } from "../schema/data-type.ts";
import type { ColumnBatch } from "../vector/column-vector.ts";
import type { VectorMemory } from "../vector/vector-reader.ts";
import type { ArrowField } from "./arrow-field.ts";
import { encodeColumns } from "./encode-columns.ts";
import { arrowField } from "./field-of-type.ts";
import { batchMessage, fileFooter, type MessagePlace, schemaMessage } from "./write-message.ts";

/** How Arrow data is written. */
export interface ArrowWriteOptions {
  /** `stream` unless said; a file has an index of its batches at the end. */
  readonly form?: "stream" | "file";
  /** The zone that timestamps name, as Spark gives the session's; `UTC` unless said. Values are the same in all zones. */
  readonly timeZone?: string;
}

/** What files begin and end with. */
export const arrowMagic: Uint8Array = Buffer.from("ARROW1");

const continuation = 0xffff_ffff;

/** Writes batches as Arrow's IPC stream or file. `write` is given the bytes in their order; arrays are not used again. */
export class ArrowWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #fields: readonly ArrowField[];
  readonly #isFile: boolean;
  readonly #batches: MessagePlace[] = [];
  #position = 0;

  /** @throws ARROW_NOT_SUPPORTED for types that Arrow vectors do not have */
  constructor(schema: StructType, write: (bytes: Uint8Array) => void, options: ArrowWriteOptions = {}) {
    const { form = "stream", timeZone = "UTC" } = options;
    this.#write = write;
    this.#fields = schema.fields.map((field) => arrowField(field, timeZone));
    this.#isFile = form === "file";
    // The first message begins at a multiple of 8.
    if (this.#isFile) this.#emit(Buffer.concat([arrowMagic, new Uint8Array(2)]));
    this.#message(schemaMessage(this.#fields));
  }

  /** Appends a batch, whose columns are in the order of the schema's fields. */
  writeBatch(batch: ColumnBatch, memory: VectorMemory): void {
    const { layout, body } = encodeColumns(this.#fields, batch, memory);
    const position = this.#position;
    this.#message(batchMessage(layout));
    this.#batches.push({ position, metadataBytes: this.#position - position, bodyBytes: layout.bodyBytes });
    for (const part of body) this.#emit(part);
  }

  /** Ends the stream or file; gives its size in bytes. */
  close(): number {
    this.#emit(words(continuation, 0));
    if (this.#isFile) {
      const footer = fileFooter(this.#fields, [], this.#batches);
      this.#emit(footer);
      this.#emit(words(footer.byteLength));
      this.#emit(arrowMagic);
    }
    return this.#position;
  }

  #message(metadata: Uint8Array): void {
    this.#emit(words(continuation, metadata.byteLength));
    this.#emit(metadata);
  }

  #emit(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#write(bytes);
    this.#position += bytes.byteLength;
  }
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}
