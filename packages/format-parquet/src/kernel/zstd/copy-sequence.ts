import { address, type Expression, type FunctionWriter, i32, i64, type Label, type Local } from "@vonk/wasm";
import { copyMatch, copyWide } from "../copy-match.ts";
import { literalMasksAt, patternsAt } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["address"]>;

/** A sequence and where it goes. */
export interface Sequence {
  readonly literals: Address;
  readonly literalsEnd: Address;
  readonly to: Address;
  readonly toEnd: Address;
  /** What a match may not lie before. */
  readonly start: Address;
  readonly work: Address;
  readonly count: Local<"i32">;
  readonly length: Local<"i32">;
  readonly offset: Local<"i32">;
}

/**
 * Writes up to 7 literals and a match behind them, 16 bytes together, and moves on. Goes to `long` when these are more, or what is to be checked with
 * more care.
 *
 * The literals and the beginning of the match are put together before they are written: the match after it, which in a column of integers lies one
 * value back, reads then what one store wrote. What several stores wrote can only be read once it has reached the cache.
 */
export function copyShortSequence(f: Writer, sequence: Sequence, long: Label): void {
  const { literals, literalsEnd, to, toEnd, start, work, count, length, offset } = sequence;
  f.scope(() => {
    const total = f.let(i32.add(count, length), "total");
    f.brIf(long, i32.gt_u(total, 16));
    f.brIf(long, i32.lt_u(offset, 8));
    f.brIf(long, address.gt_u(address.of(offset), address.sub(to, start)));
    // So little behind an end still is an address.
    const after = f.let(address.at(to, total, 1));
    f.brIf(long, address.gt_u(after, toEnd));
    const literalsAfter = f.let(address.at(literals, count, 1));
    f.brIf(long, address.gt_u(literalsAfter, literalsEnd));
    const source = f.let(address.sub(to, address.of(offset)));
    const literal = f.let(i64.load(literals, 0, 1));
    const mask = i64.load(address.at(work, count, 8), literalMasksAt);
    f.store(to, i64.xor(literal, i64.and(i64.xor(literal, i64.load(source, 0, 1)), mask)), 0, 1);
    f.store(to, i64.load(source, 8, 1), 8, 1);
    f.set(literals, literalsAfter);
    f.set(to, after);
  });
}

/** Writes so many literals and a match behind them, and moves on; leaves the function with 0 when they are not there, or there is no room. */
export function copySequence(f: Writer, sequence: Sequence): void {
  const { literals, literalsEnd, to, toEnd, start, work, count, length, offset } = sequence;
  f.scope(() => {
    const failIf = (condition: Expression<"i32">): void => f.if(condition, () => f.return(0));
    failIf(address.gt_u(address.of(count), address.sub(literalsEnd, literals)));
    failIf(address.gt_u(address.of(i32.add(count, length)), address.sub(toEnd, to)));
    failIf(address.ge_u(address.of(i32.sub(offset, 1)), address.sub(address.at(to, count, 1), start)));
    copyWide(f, to, literals, count);
    f.set(literals, address.at(literals, count, 1));
    f.set(to, address.at(to, count, 1));
    const patterns = f.let(address.add(work, patternsAt));
    copyMatch(f, to, offset, length, patterns);
  });
}
