import type { SQLValue } from "@vonk/columnar/internal";
import { bloomHashes } from "../bloom/bloom-hash.ts";
import { filterBytes, insertHash } from "../bloom/split-block.ts";
import { valueForm, type ValueForm } from "../schema/value-form.ts";
import type { LeafPlan } from "./write-node.ts";

/** How the Bloom filter of a column is made; parquet-mr's options of these names. */
export interface BloomOptions {
  /** Chance that a value that is not there seems to be. */
  readonly falsePositiveRate: number;
  readonly bytesMax: number;
  /** Different values that the filter is made for; those that were met unless said. */
  readonly expectedDistinct?: number;
}

/** Collects the values of a chunk and makes their Bloom filter, whose size follows from how many different ones there are. */
export class BloomBuilder {
  readonly #options: BloomOptions;
  readonly #form: ValueForm;
  #hashes = new BigInt64Array(1024);
  #count = 0;

  constructor(leaf: LeafPlan, options: BloomOptions) {
    const { type, typeLength, logical } = leaf.writer;
    const element = { name: leaf.path.join("."), type, typeLength, repetition: "optional" as const, childCount: 0 };
    this.#form = valueForm(logical === undefined ? element : { ...element, logical }, "");
    this.#options = options;
  }

  /** Adds a value that is not null. */
  add(value: SQLValue): void {
    for (const hash of bloomHashes(this.#form, value) ?? []) {
      if (this.#count === this.#hashes.length) {
        const larger = new BigInt64Array(this.#count * 2);
        larger.set(this.#hashes);
        this.#hashes = larger;
      }
      this.#hashes[this.#count++] = hash;
    }
  }

  /** The bits. */
  finish(): Uint8Array {
    const hashes = this.#hashes.subarray(0, this.#count).sort();
    let distinct = 0;
    for (let index = 0; index < hashes.length; index++) if (index === 0 || hashes[index] !== hashes[index - 1]) distinct++;
    const { expectedDistinct = distinct, falsePositiveRate, bytesMax } = this.#options;
    const filter = new DataView(new ArrayBuffer(filterBytes(expectedDistinct, falsePositiveRate, bytesMax)));
    for (const hash of hashes) insertHash(filter, hash);
    return new Uint8Array(filter.buffer);
  }
}
