/** A field of a table: its slot, and a scalar of so many bytes or what stands elsewhere. A scalar that is 0 is left out, unless its default is another. */
export type FlatField =
  | { readonly slot: number; readonly bytes: 1 | 2 | 4; readonly value: number; readonly isKept?: boolean }
  | { readonly slot: number; readonly bytes: 8; readonly value: bigint }
  | { readonly slot: number; readonly at: number };

/**
 * Builds FlatBuffers, the form of Arrow's metadata, as the format wants it: from the end to the front, what is referred to before what refers to it.
 * Places are counted from the end.
 */
export class FlatBuilder {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;

  /** Writes text. */
  text(value: string): number {
    const bytes = Buffer.from(value);
    this.#pad(4, bytes.byteLength + 1);
    this.#take(1);
    const at = this.#take(bytes.byteLength);
    this.#bytes.set(bytes, at);
    return this.#u32(bytes.byteLength);
  }

  /** Writes a list of places. */
  list(places: readonly number[]): number {
    this.#pad(4, places.length * 4);
    for (const place of places.toReversed()) this.#reference(place);
    return this.#u32(places.length);
  }

  /** Writes a list of structs that are some integers of 64 bits each. */
  structs(elements: readonly (readonly bigint[])[]): number {
    const words = elements.flat();
    this.#pad(8, words.length * 8);
    for (const word of words.toReversed()) {
      const at = this.#take(8);
      this.#view.setBigInt64(at, word, true);
    }
    return this.#u32(elements.length);
  }

  /** Writes a table. */
  table(fields: readonly FlatField[]): number {
    const slots = fields.reduce((count, { slot }) => Math.max(count, slot + 1), 0);
    const start = this.#used;
    const places = new Map<number, number>();
    for (const field of fields) {
      if ("at" in field) {
        this.#pad(4, 0);
        this.#reference(field.at);
      } else if (Number(field.value) === 0 && !("isKept" in field)) continue;
      else this.#scalar(field);
      places.set(field.slot, this.#used);
    }
    this.#pad(4, 0);
    this.#take(4);
    const table = this.#used;
    const size = table - start;
    for (let slot = slots - 1; slot >= 0; slot--) {
      const place = places.get(slot);
      this.#u16(place === undefined ? 0 : table - place);
    }
    this.#u16(size);
    this.#u16(slots * 2 + 4);
    this.#view.setInt32(this.#bytes.byteLength - table, this.#used - table, true);
    return table;
  }

  /** The buffer, whose root is a table; its length is a multiple of 8. */
  finish(root: number): Uint8Array {
    this.#pad(8, 4);
    this.#reference(root);
    return this.#bytes.slice(this.#bytes.byteLength - this.#used);
  }

  #scalar(field: Extract<FlatField, { bytes: number }>): void {
    this.#pad(field.bytes, 0);
    const at = this.#take(field.bytes);
    if (field.bytes === 8) this.#view.setBigInt64(at, field.value, true);
    else if (field.bytes === 4) this.#view.setInt32(at, field.value, true);
    else if (field.bytes === 2) this.#view.setInt16(at, field.value, true);
    else this.#view.setUint8(at, field.value);
  }

  #reference(place: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, this.#used - place, true);
  }

  #u32(value: number): number {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
    return this.#used;
  }

  #u16(value: number): void {
    const at = this.#take(2);
    this.#view.setUint16(at, value, true);
  }

  /** Zeros, so that what comes before `bytes` more is aligned to `align`. */
  #pad(align: number, bytes: number): void {
    this.#take((align - ((this.#used + bytes) % align)) % align);
  }

  /** Room before what is there. It may move everything: bytes and view are looked up afterwards. */
  #take(bytes: number): number {
    while (this.#used + bytes > this.#bytes.byteLength) {
      const larger = new Uint8Array(this.#bytes.byteLength * 2);
      larger.set(this.#bytes, this.#bytes.byteLength);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#used += bytes;
    return this.#bytes.byteLength - this.#used;
  }
}
