import type { PhysicalType } from "@vonk/columnar/internal";
import { address, f64, i32, i64, int128, ModuleWriter, type Expression as Code, type FunctionWriter, type Local } from "@vonk/wasm";
import type { GroupLayout } from "./group-layout.ts";

/** What groups become: how the columns of keys and accumulators lie. */
export interface GroupColumnsForm {
  readonly layout: GroupLayout;
  readonly keys: readonly PhysicalType[];
  /** Counts are never null and have no flag. */
  readonly accumulators: readonly { readonly physical: PhysicalType; readonly isCount: boolean }[];
}

/**
 * A module with `run(groups, count, targets)`: writes groups as columns. `targets` has two addresses a column, of its values and of its bits, which are
 * zero before; keys come first.
 */
export function emitGroupColumns({ layout, keys, accumulators }: GroupColumnsForm): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const params = { groups: "address", count: "i32", targets: "address" } as const;
  const run = module.function("run", { params, results: [] }, (f, { groups, count, targets }) => {
    const row = f.local("i32", "row");
    const columns = [...keys.keys(), ...accumulators.map((_, index) => keys.length + index)].map((column) => ({
      values: f.let(address.load(targets, 16 * column)),
      bits: f.let(address.load(targets, 16 * column + 8)),
    }));
    f.for(row, 0, count, () =>
      f.scope(() => {
        const group = f.let(address.at(groups, row, layout.bytes));
        for (const [index, physical] of keys.entries()) {
          const column = columns[index];
          if (column === undefined) continue;
          store(f, physical, column.values, row, group, layout.keys[index] ?? 0);
          setBit(f, column.bits, row, i64.eqz(i64.and(i64.shr_u(i64.load(group, 8), index), 1n)));
        }
        for (const [index, { physical, isCount }] of accumulators.entries()) {
          const column = columns[keys.length + index];
          if (column === undefined) continue;
          const offset = layout.accumulators[index] ?? 0;
          store(f, physical, column.values, row, group, offset);
          if (!isCount) setBit(f, column.bits, row, i64.ne(i64.load(group, offset + 16), 0n));
        }
      }),
    );
  });
  module.exportFunction(run);
  return module.toBytes();
}

type Writer = FunctionWriter<readonly []>;

function store(f: Writer, physical: PhysicalType, to: Code<"address">, row: Local<"i32">, group: Code<"address">, offset: number): void {
  switch (physical) {
    case "boolean":
      return f.store8(address.at(to, row, 1), i64.load(group, offset));
    case "int32":
      return f.store32(address.at(to, row, 4), i64.load(group, offset));
    case "int128":
      return f.scope(() => int128.store(f, f.let(address.at(to, row, 16)), int128.load(group, offset)));
    case "float64":
      return f.store(address.at(to, row, 8), f64.load(group, offset));
    default:
      return f.store(address.at(to, row, 8), i64.load(group, offset));
  }
}

function setBit(f: Writer, bits: Code<"address">, row: Local<"i32">, valid: Code<"i32">): void {
  f.scope(() => {
    const at = f.let(address.at(bits, i32.shr_u(row, 3), 1));
    f.store8(at, i32.or(i32.load8_u(at), i32.shl(valid, i32.and(row, 7))));
  });
}
