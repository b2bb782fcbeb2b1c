import { compileModule, ModuleWriter } from "@vonk/wasm";
import { defineDelta } from "./delta.ts";
import { defineHybrid } from "./hybrid.ts";
import { defineLZ4 } from "./lz4.ts";
import { definePlain } from "./plain.ts";
import { defineSnappy } from "./snappy.ts";
import { defineValidity } from "./validity.ts";
import { defineVarint } from "./varint.ts";
import { defineZstd } from "./zstd/frame.ts";

type Kernel<Names extends string> = Readonly<Record<Names, (...operands: number[]) => number>>;

/** The loops of decoding, in WebAssembly over the memory of an arena. What each does stands where it is defined. */
export type DecodeKernels = Kernel<
  | "snappy"
  | "lz4"
  | "zstd"
  | "codes8"
  | "codes16"
  | "codes32"
  | "gather32"
  | "gather64"
  | "gather128"
  | "setBits"
  | "levelBits"
  | "levelBitmap"
  | "spread1"
  | "spread2"
  | "spread4"
  | "spread8"
  | "spread16"
  | "plainBytes"
  | "lengthBytes"
  | "fixedBytes"
  | "bits"
  | "int96"
  | "unsplit"
  | "bigEndian64"
  | "bigEndian128"
  | "widenSigned"
  | "widenUnsigned"
  | "multiply"
  | "divide"
  | "widen128"
  | "delta32"
  | "delta64"
>;

let compiled: WebAssembly.Module | undefined;
const instances = new WeakMap<WebAssembly.Memory, DecodeKernels>();

/** The kernels over a shared memory; written and compiled once a thread, instantiated once a memory. */
export function decodeKernels(memory: WebAssembly.Memory): DecodeKernels {
  const known = instances.get(memory);
  if (known !== undefined) return known;
  compiled ??= compileModule(moduleBytes());
  const kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as DecodeKernels;
  instances.set(memory, kernels);
  return kernels;
}

function moduleBytes(): Uint8Array {
  const module = new ModuleWriter({ names: true });
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const varint = defineVarint(module);
  defineHybrid(module, varint);
  defineValidity(module, varint);
  defineDelta(module, varint);
  defineSnappy(module);
  defineLZ4(module);
  defineZstd(module);
  definePlain(module);
  return module.toBytes();
}
