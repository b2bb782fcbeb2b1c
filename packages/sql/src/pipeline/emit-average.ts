import { address, i64, ModuleWriter, select } from "@vonk/wasm";

/**
 * A module with `run(sums, counts, rows, to)`: sums of 128 bits, which with `factor` fit into 63, divided by counts and rounded half up, away from
 * zero. Where the count is 0 it writes 0.
 */
export function emitAverage(isWide: boolean, factor: bigint): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const params = { sums: "address", counts: "address", rows: "i32", to: "address" } as const;
  const run = module.function("run", { params, results: [] }, (f, { sums, counts, rows, to }) => {
    const row = f.local("i32", "row");
    f.for(row, 0, rows, () =>
      f.scope(() => {
        const sum = f.let(i64.mul(i64.load(address.at(sums, row, 16)), factor));
        const counted = f.let(i64.load(address.at(counts, row, 8)));
        const count = f.let(select(i64.eqz(counted), i64.const(1n), counted));
        const half = f.let(i64.div_u(count, 2n));
        const value = f.let(i64.div_s(select(i64.lt_s(sum, 0n), i64.sub(sum, half), i64.add(sum, half)), count));
        const at = f.let(address.at(to, row, isWide ? 16 : 8));
        f.store(at, value);
        if (isWide) f.store(at, i64.shr_s(value, 63), 8);
      }),
    );
  });
  module.exportFunction(run);
  return module.toBytes();
}
