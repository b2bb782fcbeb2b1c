import { address, type FunctionReference, type FunctionWriter, i64, type Local, type ModuleWriter } from "@vonk/wasm";

const params = { at: "address", end: "address" } as const;

/** A function that reads an unsigned LEB128 integer: its value and the address behind it, or 0 there when the bytes end before it does. */
export type Varint = FunctionReference<typeof params, readonly ["i64", "address"]>;

/** Defines {@link Varint} in a module. Bits beyond the 64th are lost. */
export function defineVarint(module: ModuleWriter): Varint {
  return module.function("varint", { params, results: ["i64", "address"] }, (f, { at, end }) => {
    const value = f.local("i64");
    const shift = f.local("i64");
    const byte = f.local("i64");
    f.set(value, 0);
    f.set(shift, 0);
    f.loop((again) => {
      f.if(address.ge_u(at, end), () => f.return([value, 0]));
      f.set(byte, i64.load8_u(at));
      f.set(at, address.add(at, 1));
      f.set(value, i64.or(value, i64.shl(i64.and(byte, 127), shift)));
      f.set(shift, i64.add(shift, 7));
      f.if(i64.gt_u(shift, 70), () => f.return([value, 0]));
      f.brIf(again, i64.ge_u(byte, 128));
    });
    return [value, at];
  });
}

/** Reads an integer into a local and moves on; leaves the function with 0 when there is none. */
export function readVarint(
  f: FunctionWriter<readonly ["i32"]>,
  varint: Varint,
  at: Local<"address">,
  end: Local<"address">,
  into: Local<"i64">,
): void {
  f.callInto(varint, { at, end }, [into, at]);
  f.if(address.eqz(at), () => f.return(0));
}

/** As {@link readVarint}, of a signed integer in zigzag form. */
export function readZigzag(
  f: FunctionWriter<readonly ["i32"]>,
  varint: Varint,
  at: Local<"address">,
  end: Local<"address">,
  into: Local<"i64">,
): void {
  readVarint(f, varint, at, end, into);
  f.set(into, i64.xor(i64.shr_u(into, 1), i64.sub(0, i64.and(into, 1))));
}
