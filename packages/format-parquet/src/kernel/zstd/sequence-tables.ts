import { address, type Expression, type FunctionReference, type FunctionWriter, i32, type Local, type ModuleWriter } from "@vonk/wasm";
import type { BuildTable, DescribedCounts } from "./fse-table.ts";
import { type CodeKind, countsAt, entry, literalLengths, matchLengths, offsets, weightsAt } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["address"]>;

const params = { from: "address", end: "address", modes: "i32", work: "address" } as const;

/** Makes the tables that the sequences of a block are decoded with, as its byte of modes says: the address behind what describes them, or 0. */
export type ReadSequenceTables = FunctionReference<typeof params, readonly ["address"]>;

const modes = { usual: 0, single: 1, described: 2, repeated: 3 } as const;

/** Defines {@link ReadSequenceTables}. @see RFC 8878, 3.1.1.3.2.1 */
export function defineSequenceTables(module: ModuleWriter, counts: DescribedCounts, build: BuildTable): ReadSequenceTables {
  return module.function("zstdSequenceTables", { params, results: ["address"] }, (f, given) => {
    const log = f.local("i32", "log");
    const codeCounts = f.local("address", "counts");
    [literalLengths, offsets, matchLengths].forEach((kind, index) => {
      const mode = f.let(i32.and(i32.shr_u(given.modes, 6 - index * 2), 3));
      const { work } = given;
      const table = f.let(address.add(work, kind.table));
      f.block((done) => {
        f.if(i32.eq(mode, modes.repeated), () => {
          failIf(f, i32.lt_s(i32.load(work, kind.log), 0));
          f.br(done);
        });
        f.if(i32.eq(mode, modes.single), () => {
          singleState(f, given, kind, table);
          f.br(done);
        });
        f.if(
          i32.eq(mode, modes.described),
          () => {
            f.callInto(counts, { from: given.from, end: given.end, work, logMax: kind.logMax, codes: kind.codes }, [given.from, log]);
            failIf(f, address.eqz(given.from));
            f.set(codeCounts, address.add(work, countsAt));
          },
          () => {
            f.set(codeCounts, address.add(work, kind.usualCounts));
            f.set(log, kind.usualLog);
          },
        );
        const values = address.add(work, kind.values);
        f.call(build, { counts: codeCounts, codes: kind.codes, log, values, into: table, next: address.add(work, weightsAt) });
        f.store(work, log, kind.log);
      });
      f.free(mode);
      f.free(table);
    });
    return given.from;
  });
}

function failIf(f: Writer, condition: Expression<"i32">): void {
  f.if(condition, () => f.return(0));
}

/** A table of one state, which all sequences have: no bits are read to come from it to itself. */
function singleState(
  f: Writer,
  { from, end, work }: { readonly from: Address; readonly end: Address; readonly work: Address },
  kind: CodeKind,
  table: Address,
): void {
  failIf(f, address.ge_u(from, end));
  const code = f.let(i32.load8_u(from));
  failIf(f, i32.ge_u(code, kind.codes));
  f.set(from, address.add(from, 1));
  const value = f.let(address.add(address.at(work, code, 8), kind.values));
  f.store(table, i32.load(value));
  f.store(table, i32.wrap_i64(address.asI64(table)), entry.next);
  f.store(table, i32.const(0), entry.mask);
  f.store(table, i32.load(value, 4), entry.last);
  f.store(work, i32.const(0), kind.log);
  f.free(code);
  f.free(value);
}
