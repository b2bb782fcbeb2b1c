import { assert } from "@vonk/common/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { address, f64, i64, ModuleWriter, type Expression as Code, type FunctionWriter, type Local } from "@vonk/wasm";

/** What a slot of a context is filled from. */
export interface SlotSource {
  data(ordinal: number): number;
  validity(ordinal: number): number;
  /** Address of the values of a column's dictionary. */
  dictionary(ordinal: number): number;
  rows(source: number): number;
  /** Address of a constant text, with its length in the upper half. */
  text(text: string): bigint;
  /** Address of what a condition says of each value of a column's dictionary: 0, 1, or 2 when it is null. */
  mask(condition: Expression, ordinal: number): number;
  /** What the caller gives by name. */
  given(name: string): number | bigint;
}

type SlotType = "address" | "i64" | "f64";

interface Slot {
  readonly type: SlotType;
  readonly fill: (from: SlotSource) => number | bigint;
}

/**
 * What generated code reads from outside: addresses and constants, 8 bytes each in a context. Equal shapes have equal bytes whatever stands in them.
 * A function is written twice: the first time finds out what it uses, the second time that is read into locals before the loop.
 */
export class CodeContext {
  readonly #slots: Slot[] = [];
  readonly #index = new Map<string, number>();
  #locals: Code<SlotType>[] | undefined;
  #base: Local<"address"> | undefined;

  /** Bytes of the context. */
  get bytes(): number {
    return 8 * Math.max(1, this.#slots.length);
  }

  /** Starts writing a function; `isFinal` once all slots are known. */
  begin(f: FunctionWriter<readonly ["i32"]>, base: Local<"address">, isFinal: boolean): void {
    this.#base = base;
    this.#locals = isFinal ? this.#slots.map((slot, index) => f.let(load(slot.type, base, index))) : undefined;
  }

  address(key: string, fill: Slot["fill"]): Code<"address"> {
    const code = this.#slot(key, "address", fill);
    assert(code.type === "address", "a slot keeps its type");
    return code as Code<"address">;
  }

  i64(key: string, fill: Slot["fill"]): Code<"i64"> {
    return this.#slot(key, "i64", fill) as Code<"i64">;
  }

  f64(key: string, fill: Slot["fill"]): Code<"f64"> {
    return this.#slot(key, "f64", fill) as Code<"f64">;
  }

  /** Writes what the slots hold for a batch. */
  fill(view: DataView, at: number, from: SlotSource): void {
    let to = at;
    for (const { type, fill } of this.#slots) {
      const value = fill(from);
      if (type === "f64") view.setFloat64(to, Number(value), true);
      else if (typeof value === "bigint") view.setBigInt64(to, value, true);
      else {
        view.setUint32(to, value, true);
        view.setUint32(to + 4, 0, true);
      }
      to += 8;
    }
  }

  #slot(key: string, type: SlotType, fill: Slot["fill"]): Code<SlotType> {
    let index = this.#index.get(key);
    if (index === undefined) {
      this.#index.set(key, (index = this.#slots.length));
      this.#slots.push({ type, fill });
    }
    assert(this.#base !== undefined, "slots are used inside a function");
    return this.#locals?.[index] ?? load(type, this.#base, index);
  }
}

function load(type: SlotType, base: Local<"address">, index: number): Code<SlotType> {
  if (type === "address") return address.load(base, 8 * index);
  return type === "f64" ? f64.load(base, 8 * index) : i64.load(base, 8 * index);
}

/** What {@link writeFunction} makes: a module that exports `run(context, count)`, and how its context is filled. */
export interface WrittenFunction {
  readonly bytes: Uint8Array;
  readonly context: CodeContext;
}

/** A function of a stage while it is being written. */
export interface StageFunction {
  readonly module: ModuleWriter;
  readonly f: FunctionWriter<readonly ["i32"]>;
  readonly context: CodeContext;
  readonly count: Local<"i32">;
}

/** A module with the function that `body` writes; what it gives is what `run` returns. */
export function writeFunction(body: (stage: StageFunction) => Code<"i32">, more?: (module: ModuleWriter) => void): WrittenFunction {
  const context = new CodeContext();
  const write = (isFinal: boolean): ModuleWriter => {
    const module = new ModuleWriter();
    module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
    const run = module.function("run", { params: { context: "address", count: "i32" }, results: ["i32"] }, (f, params) => {
      context.begin(f, params.context, isFinal);
      return body({ module, f, context, count: params.count });
    });
    module.exportFunction(run);
    more?.(module);
    return module;
  };
  write(false);
  return { bytes: write(true).toBytes(), context };
}
