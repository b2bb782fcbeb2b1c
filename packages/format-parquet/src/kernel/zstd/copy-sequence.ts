import { address, type Expression, type FunctionWriter, i32, i64, type Local } from "@vonk/wasm";
import { copyMatch, copyWide } from "../copy-match.ts";

type Address = Local<"address">;

/** A sequence and where it goes. */
export interface Sequence {
  readonly literals: Address;
  readonly literalsEnd: Address;
  readonly to: Address;
  readonly toEnd: Address;
  /** What a match may not lie before. */
  readonly start: Address;
  readonly count: Local<"i32">;
  readonly length: Local<"i32">;
  readonly offset: Local<"i32">;
  /** The table of `copyMatch`. */
  readonly patterns: Expression<"address">;
}

/**
 * Writes so many literals and a match behind them, and moves on; leaves the function with 0 when they are not there, or there is no room.
 *
 * A short literal and the beginning of its match are put together before they are written: the match after it, which in a column of integers lies
 * one value back, reads then what one store wrote. What several stores wrote can only be read once it has reached the cache.
 */
export function copySequence(f: FunctionWriter<readonly ["address"]>, sequence: Sequence): void {
  const { literals, literalsEnd, to, toEnd, start, count, length, offset, patterns } = sequence;
  f.scope(() => {
    const total = f.let(i32.add(count, length), "total");
    const failIf = (condition: Expression<"i32">): void => f.if(condition, () => f.return(0));
    failIf(address.gt_u(address.of(count), address.sub(literalsEnd, literals)));
    failIf(address.gt_u(address.of(total), address.sub(toEnd, to)));
    failIf(address.ge_u(address.of(i32.sub(offset, 1)), address.sub(address.at(to, count, 1), start)));
    f.block((done) => {
      f.block((unusual) => {
        f.brIf(unusual, i32.gt_u(total, 16));
        f.brIf(unusual, i32.gt_u(count, 7));
        f.brIf(unusual, i32.lt_u(offset, 8));
        const source = f.let(address.sub(to, address.of(offset)));
        const literal = f.let(i64.load(literals, 0, 1));
        const mask = i64.shl(-1, i64.extend_i32_u(i32.shl(count, 3)));
        f.store(to, i64.xor(literal, i64.and(i64.xor(literal, i64.load(source, 0, 1)), mask)), 0, 1);
        f.store(to, i64.load(source, 8, 1), 8, 1);
        f.set(literals, address.at(literals, count, 1));
        f.set(to, address.at(to, total, 1));
        f.br(done);
      });
      copyWide(f, to, literals, count);
      f.set(literals, address.at(literals, count, 1));
      f.set(to, address.at(to, count, 1));
      const table = f.let(patterns);
      copyMatch(f, to, offset, length, table);
    });
  });
}
