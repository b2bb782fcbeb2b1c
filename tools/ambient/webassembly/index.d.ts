// What Vonk uses of WebAssembly's JavaScript interface. TypeScript ships it only inside the browser's library, which would
// let `window` and `document` into code that runs on Node.
declare global {
  namespace WebAssembly {
    interface MemoryDescriptor {
      /** Pages of 64 KiB; a bigint when addresses are i64. */
      initial: number | bigint;
      maximum?: number | bigint;
      shared?: boolean;
      address?: "i32" | "i64";
    }
    class Memory {
      constructor(descriptor: MemoryDescriptor);
      readonly buffer: ArrayBuffer | SharedArrayBuffer;
      grow(pages: number): number;
    }
    class Module {
      constructor(bytes: ArrayBufferView<ArrayBufferLike> | ArrayBufferLike);
      static exports(module: Module): { name: string; kind: string }[];
      static imports(module: Module): { module: string; name: string; kind: string }[];
    }
    class Instance {
      constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
      readonly exports: Record<string, unknown>;
    }
    class CompileError extends Error {}
    class LinkError extends Error {}
    class RuntimeError extends Error {}
    function validate(bytes: ArrayBufferView<ArrayBufferLike> | ArrayBufferLike): boolean;
  }
}

export {};
