import { address, type FunctionWriter, i32, i64, type Local, type ModuleWriter, select } from "@vonk/wasm";
import { readVarint, readZigzag, type Varint } from "./varint.ts";

const params = { from: "address", end: "address", count: "i32", to: "address", next: "address" } as const;

/**
 * DELTA_BINARY_PACKED as `delta32` and `delta64(from, end, count, to, next)`: writes `count` values at `to`, and where the encoded bytes end as an i32
 * at `next`. Gives 0 when they end too early or hold another number of values. Looks up to 16 bytes beyond `end`.
 * @see https://github.com/apache/parquet-format/blob/master/Encodings.md
 */
export function defineDelta(module: ModuleWriter, varint: Varint): void {
  for (const bits of [32, 64] as const) {
    const reference = module.function(`delta${bits}`, { params, results: ["i32"] }, (f, { from, end, count, to, next }) => {
      const [blockSize, miniblocks, total, value, minimum] = [
        f.local("i64"),
        f.local("i64"),
        f.local("i64"),
        f.local("i64"),
        f.local("i64"),
      ];
      const widths = f.local("address");
      const miniblock = f.local("i32");
      const here = f.local("i32");
      readVarint(f, varint, from, end, blockSize);
      readVarint(f, varint, from, end, miniblocks);
      readVarint(f, varint, from, end, total);
      readZigzag(f, varint, from, end, value);
      f.if(i64.ne(total, i64.extend_i32_u(count)), () => f.return(0));
      f.if(i32.or(i64.gt_u(blockSize, 1 << 24), i32.or(i64.eqz(miniblocks), i64.gt_u(miniblocks, 1 << 16))), () => f.return(0));
      const size = f.let(i32.wrap_i64(i64.div_u(blockSize, miniblocks)));
      f.if(i32.or(i32.eqz(size), i32.and(size, 7)), () => f.return(0));
      const put = (): void => {
        if (bits === 32) f.store32(to, value);
        else f.store(to, value);
        f.set(to, address.add(to, bits / 8));
      };
      f.if(count, () => {
        put();
        f.set(count, i32.sub(count, 1));
      });
      f.while(count, () => {
        readZigzag(f, varint, from, end, minimum);
        f.set(widths, from);
        f.if(address.lt_u(address.sub(end, from), address.cut(miniblocks)), () => f.return(0));
        f.set(from, address.add(from, address.cut(miniblocks)));
        f.for(miniblock, 0, i32.wrap_i64(miniblocks), ({ exit }) => {
          f.brIf(exit, i32.eqz(count));
          f.set(here, select(i32.lt_u(count, size), count, size));
          f.set(count, i32.sub(count, here));
          readMiniblock(f, i32.load8_u(address.at(widths, miniblock, 1)), { from, end, size, here, value, minimum }, put);
        });
      });
      f.store(next, i32.wrap_i64(address.asI64(from)));
      return 1;
    });
    module.exportFunction(reference);
  }
}

interface Miniblock {
  readonly from: Local<"address">;
  readonly end: Local<"address">;
  readonly size: Local<"i32">;
  readonly here: Local<"i32">;
  readonly value: Local<"i64">;
  readonly minimum: Local<"i64">;
}

/** Adds `here` deltas of a miniblock of `size` to the value; `from` moves behind it. */
function readMiniblock(
  f: FunctionWriter<readonly ["i32"]>,
  bitWidth: ReturnType<typeof i32.load8_u>,
  block: Miniblock,
  put: () => void,
): void {
  const { from, end, size, here, value, minimum } = block;
  f.scope(() => {
    const width = f.let(bitWidth);
    const wide = f.let(i64.extend_i32_u(width));
    f.if(i32.gt_u(width, 64), () => f.return(0));
    const left = f.let(address.sub(end, from));
    f.if(address.gt_u(address.of(i32.shr_u(i32.add(i32.mul(here, width), 7), 3)), left), () => f.return(0));
    const mask = f.let(select(width, i64.shr_u(i64.const(-1), i64.sub(64, wide)), 0));
    const bit = f.local("i32");
    const at = f.local("address");
    const word = f.local("i64");
    f.set(bit, 0);
    f.while(here, () => {
      f.set(at, address.at(from, i32.shr_u(bit, 3), 1));
      const shift = i64.extend_i32_u(i32.and(bit, 7));
      f.set(word, i64.shr_u(i64.load(at, 0, 1), shift));
      f.if(i32.gt_u(i32.add(i32.and(bit, 7), width), 64), () => f.set(word, i64.or(word, i64.shl(i64.load8_u(at, 8), i64.sub(64, shift)))));
      f.set(value, i64.add(value, i64.add(minimum, i64.and(word, mask))));
      put();
      f.set(bit, i32.add(bit, width));
      f.set(here, i32.sub(here, 1));
    });
    const bytes = f.let(address.of(i32.shr_u(i32.mul(size, width), 3)));
    f.set(from, address.add(from, select(address.lt_u(bytes, left), bytes, left)));
  });
}
