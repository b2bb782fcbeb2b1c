import {
  address,
  type Expression,
  type FunctionWriter,
  i32,
  i16x8,
  i32x4,
  i64,
  i64x2,
  i8x16,
  type Local,
  type ModuleWriter,
  type ParameterLocals,
  select,
  v128,
  type Vector,
} from "@vonk/wasm";
import { readVarint, type Varint } from "./varint.ts";

const params = { from: "address", end: "address", width: "i32", count: "i32", to: "address", size: "i32", dictionary: "address" } as const;

type Writer = FunctionWriter<readonly ["i32"]>;
type Parameters = ParameterLocals<typeof params>;
type I32 = Expression<"i32">;

/** What becomes of each decoded code. */
interface Sink {
  readonly name: string;
  /** Bytes written a value. */
  readonly bytes: number;
  /** Writes the value of a code at `to + offset`. */
  readonly put: (f: Writer, to: Local<"address">, code: Local<"i32">, dictionary: Local<"address">, offset: number) => void;
  /** The value of a code as often as a vector holds it. */
  readonly repeat: (code: Local<"i32">, dictionary: Local<"address">) => Vector;
}

const sinks: readonly Sink[] = [
  { name: "codes8", bytes: 1, put: (f, to, code, _, offset) => f.store8(to, code, offset), repeat: (code) => i8x16.splat(code) },
  { name: "codes16", bytes: 2, put: (f, to, code, _, offset) => f.store16(to, code, offset), repeat: (code) => i16x8.splat(code) },
  { name: "codes32", bytes: 4, put: (f, to, code, _, offset) => f.store(to, code, offset), repeat: (code) => i32x4.splat(code) },
  {
    name: "gather32",
    bytes: 4,
    put: (f, to, code, values, offset) => f.store(to, i32.load(address.at(values, code, 4)), offset),
    repeat: (code, values) => i32x4.splat(i32.load(address.at(values, code, 4))),
  },
  {
    name: "gather64",
    bytes: 8,
    put: (f, to, code, values, offset) => f.store(to, i64.load(address.at(values, code, 8)), offset),
    repeat: (code, values) => i64x2.splat(i64.load(address.at(values, code, 8))),
  },
  {
    name: "gather128",
    bytes: 16,
    put: (f, to, code, values, offset) => f.store(to, v128.load(address.at(values, code, 16)), offset),
    repeat: (code, values) => v128.load(address.at(values, code, 16)),
  },
];

/** Bytes written for a short run, however short it is. */
const shortRunBytes = 32;

/**
 * The RLE/bit-packing hybrid, as `codes8`, `codes16`, `codes32` (codes themselves) and `gather32`, `gather64`, `gather128` (values of a dictionary).
 * Each takes `(from, end, width, count, to, size, dictionary)`, writes `count` values at `to` and gives 1, or 0 when the bytes end too early or a
 * code is not below `size`. Codes have at most 32 bits. Looks up to 16 bytes beyond `end`.
 */
export function defineHybrid(module: ModuleWriter, varint: Varint): void {
  for (const sink of sinks) {
    const reference = module.function(sink.name, { params, results: ["i32"] }, (f, given) => {
      const run = new Run(f, given, sink);
      const { from, end, count } = given;
      const header = f.local("i64");
      f.while(i32.gt_s(count, 0), () => {
        run.short();
        readVarint(f, varint, from, end, header);
        const units = f.let(i64.shr_u(header, 1));
        f.if(
          i64.eqz(units),
          () => {},
          () =>
            f.if(
              i32.wrap_i64(i64.and(header, 1)),
              () => run.packed(units),
              () => run.repeated(units),
            ),
        );
        f.free(units);
      });
      return i32.eqz(run.bad);
    });
    module.exportFunction(reference);
  }
}

class Run {
  readonly #f: Writer;
  readonly #given: Parameters;
  readonly #sink: Sink;
  readonly #mask: Local<"i64">;
  readonly #code: Local<"i32">;
  /** Not 0 once a code was too large. */
  readonly bad: Local<"i32">;

  constructor(f: Writer, given: Parameters, sink: Sink) {
    this.#f = f;
    this.#given = given;
    this.#sink = sink;
    this.#mask = f.let(i64.sub(i64.shl(i64.const(1), i64.extend_i32_u(given.width)), 1), "mask");
    this.#code = f.local("i32", "code");
    this.bad = f.local("i32", "bad");
    f.set(this.bad, 0);
  }

  /**
   * Runs of a few equal values, as many as follow each other: writers that never pack bits make one of each value or two. None is taken that might be
   * the last, so that whole vectors can be written.
   */
  short(): void {
    const f = this.#f;
    const { from, end, width, count, to, dictionary, size } = this.#given;
    const { bytes, repeat } = this.#sink;
    const most = shortRunBytes / bytes;
    const step = f.let(i32.add(i32.shr_u(i32.add(width, 7), 3), 1));
    const last = f.let(address.sub(end, select(address.gt_u(address.sub(end, from), 4), address.const(3), address.sub(end, from))));
    const here = f.local("i32");
    f.if(i32.le_u(width, 16), () =>
      f.block((exit) =>
        f.loop((again) => {
          f.brIf(exit, address.ge_u(from, last));
          f.brIf(exit, i32.le_u(count, most));
          // Groups of packed values are odd, so that they are too long once their lowest bit is the highest.
          f.set(here, i32.rotr(i32.load8_u(from), 1));
          f.brIf(exit, i32.gt_u(i32.sub(here, 1), most - 1));
          f.set(this.#code, i32.and(i32.load16_u(from, 1, 1), i32.wrap_i64(this.#mask)));
          f.set(this.bad, i32.or(this.bad, i32.ge_u(this.#code, size)));
          const value = f.let(repeat(this.#code, dictionary));
          f.store(to, value, 0, 1);
          f.store(to, value, 16, 1);
          f.free(value);
          f.set(to, address.at(to, here, bytes));
          f.set(from, address.at(from, step, 1));
          f.set(count, i32.sub(count, here));
          f.br(again);
        }),
      ),
    );
    for (const local of [here, last, step]) f.free(local);
  }

  /** A run of one value. */
  repeated(units: Local<"i64">): void {
    const f = this.#f;
    const { from, end, width, count, to, dictionary, size } = this.#given;
    const bytes = f.let(i32.shr_u(i32.add(width, 7), 3));
    f.if(address.lt_u(address.sub(end, from), address.of(bytes)), () => f.return(0));
    f.set(this.#code, i32.wrap_i64(i64.and(i64.load(from, 0, 1), this.#mask)));
    f.if(i32.ge_u(this.#code, size), () => f.return(0));
    f.set(from, address.at(from, bytes, 1));
    const here = f.let(smaller(units, count));
    f.set(count, i32.sub(count, here));
    f.while(here, () => {
      this.#sink.put(f, to, this.#code, dictionary, 0);
      f.set(to, address.add(to, this.#sink.bytes));
      f.set(here, i32.sub(here, 1));
    });
    f.free(here);
    f.free(bytes);
  }

  /** Groups of 8 values of `width` bits. */
  packed(units: Local<"i64">): void {
    const f = this.#f;
    const { from, end, width, count } = this.#given;
    const total = f.let(i64.mul(units, i64.extend_i32_u(width)));
    const left = f.let(i64.sub(address.asI64(end), address.asI64(from)));
    const here = f.let(smaller(i64.shl(units, 3), count));
    // Some writers cut the last group off behind its last value.
    const needed = i64.shr_u(i64.add(i64.mul(i64.extend_i32_u(here), i64.extend_i32_u(width)), 7), 3);
    f.if(i64.gt_u(needed, left), () => f.return(0));
    const next = f.let(address.add(from, address.cut(select(i64.lt_u(total, left), total, left))));
    f.set(count, i32.sub(count, here));
    f.if(
      i32.le_u(width, 8),
      () => this.#groups(here, 8),
      () => f.if(i32.le_u(width, 16), () => this.#groups(here, 4)),
    );
    this.#rest(here);
    f.set(from, next);
    for (const local of [next, here, left, total]) f.free(local);
  }

  /** Whole groups, out of words of `each` values. */
  #groups(here: Local<"i32">, each: 4 | 8): void {
    const f = this.#f;
    const { from, width, to } = this.#given;
    const wide = f.let(i64.extend_i32_u(width));
    const word = f.local("i64");
    f.while(i32.ge_u(here, 8), () => {
      for (let index = 0; index < 8; index++) {
        if (index === 0) f.set(word, i64.load(from, 0, 1));
        else if (index % each !== 0) f.set(word, i64.shr_u(word, wide));
        else {
          // The fifth value begins behind 4 × width bits.
          const second = i64.load(address.at(from, i32.shr_u(width, 1), 1), 0, 1);
          f.set(word, i64.shr_u(second, i64.shl(i64.and(wide, 1), 2)));
        }
        this.#put(i32.wrap_i64(i64.and(word, this.#mask)), index * this.#sink.bytes);
      }
      f.set(to, address.add(to, 8 * this.#sink.bytes));
      f.set(from, address.at(from, width, 1));
      f.set(here, i32.sub(here, 8));
    });
    f.free(word);
    f.free(wide);
  }

  /** Values one by one: the last ones, and those of more than 16 bits. */
  #rest(here: Local<"i32">): void {
    const f = this.#f;
    const { from, width, to } = this.#given;
    const bit = f.local("i32");
    f.set(bit, 0);
    f.while(here, () => {
      const word = i64.load(from, 0, 1);
      this.#put(i32.wrap_i64(i64.and(i64.shr_u(word, i64.extend_i32_u(bit)), this.#mask)), 0);
      f.set(to, address.add(to, this.#sink.bytes));
      f.set(bit, i32.add(bit, width));
      f.set(from, address.at(from, i32.shr_u(bit, 3), 1));
      f.set(bit, i32.and(bit, 7));
      f.set(here, i32.sub(here, 1));
    });
    f.free(bit);
  }

  #put(code: I32, offset: number): void {
    const f = this.#f;
    const { to, dictionary, size } = this.#given;
    f.set(this.#code, code);
    f.set(this.bad, i32.or(this.bad, i32.ge_u(this.#code, size)));
    this.#sink.put(f, to, this.#code, dictionary, offset);
  }
}

/** A 64-bit count, or the rest when that is less. */
function smaller(units: Expression<"i64">, count: Local<"i32">): I32 {
  const rest = i64.extend_i32_u(count);
  return select(i64.lt_u(units, rest), i32.wrap_i64(units), count);
}
