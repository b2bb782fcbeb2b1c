import { compress, type CompressionCodec } from "../compression/codec.ts";

/** Characters that are gathered before they are written. */
const chunkCharacters = 1 << 20;

/** Writes text as UTF-8, compressed if there is a codec: a member or frame for each million of characters, which readers join. */
export class TextOutput {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #codec: CompressionCodec | undefined;
  #parts: string[] = [];
  #length = 0;

  constructor(write: (bytes: Uint8Array) => void, codec?: CompressionCodec) {
    this.#write = write;
    this.#codec = codec;
  }

  /** Appends text. */
  write(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= chunkCharacters) this.#flush();
  }

  /** Writes what is left. */
  close(): void {
    if (this.#length > 0) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#parts.join(""));
    this.#write(this.#codec === undefined ? bytes : compress(this.#codec, bytes));
    this.#parts = [];
    this.#length = 0;
  }
}
