import { address, i32, i64, ModuleWriter } from "@vonk/wasm";
import type { GroupLayout } from "./group-layout.ts";

/** Of a group's hash, the bits above these say which part it is of; the slots of tables are by the highest. */
export const partShift = 8;

/**
 * A module that divides groups by their hash into `mask + 1` parts: `tally(groups, count, mask, totals)` adds how many there are of each, 4 bytes a part, and
 * `scatter(groups, count, mask, places)` copies each group to its part's place, an address of 8 bytes that moves on.
 */
export function emitSplitGroups({ bytes }: GroupLayout): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const params = { groups: "address", count: "i32", mask: "i32", places: "address" } as const;
  const tally = module.function("tally", { params, results: [] }, (f, { groups, count, mask, places }) => {
    const group = f.local("i32", "group");
    f.for(group, 0, count, () =>
      f.scope(() => {
        const hash = i64.load(address.at(groups, group, bytes));
        const at = f.let(address.at(places, i32.and(i32.wrap_i64(i64.shr_u(hash, partShift)), mask), 4));
        f.store32(at, i32.add(i32.load(at), 1));
      }),
    );
  });
  const scatter = module.function("scatter", { params, results: [] }, (f, { groups, count, mask, places }) => {
    const group = f.local("i32", "group");
    f.for(group, 0, count, () =>
      f.scope(() => {
        const from = f.let(address.at(groups, group, bytes));
        const at = f.let(address.at(places, i32.and(i32.wrap_i64(i64.shr_u(i64.load(from), partShift)), mask), 8));
        const to = f.let(address.load(at));
        for (let offset = 0; offset < bytes; offset += 8) f.store(to, i64.load(from, offset), offset);
        f.store(at, address.add(to, bytes));
      }),
    );
  });
  module.exportFunction(tally);
  module.exportFunction(scatter);
  return module.toBytes();
}
