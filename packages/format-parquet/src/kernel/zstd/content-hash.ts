import { address, type Expression, type FunctionReference, type FunctionWriter, i64, type Local, type ModuleWriter } from "@vonk/wasm";

const params = { from: "address", end: "address" } as const;

/** XXH64, without a seed, of the bytes between two addresses. */
export type ContentHash = FunctionReference<typeof params, readonly ["i64"]>;

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["i64"]>;

const primes = {
  first: 0x9e3779b185ebca87n,
  second: 0xc2b2ae3d27d4eb4fn,
  third: 0x165667b19e3779f9n,
  fourth: 0x85ebca77c2b2ae63n,
  fifth: 0x27d4eb2f165667c5n,
} as const;

/** Bytes that four lanes take at a time. */
const stripeBytes = 32;

/** Defines {@link ContentHash}. @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md */
export function defineContentHash(module: ModuleWriter): ContentHash {
  return module.function("zstdHash", { params, results: ["i64"] }, (f, { from, end }) => {
    const size = f.let(address.asI64(address.sub(end, from)), "size");
    const hash = f.let(i64.const(primes.fifth), "hash");
    f.if(i64.ge_u(size, stripeBytes), () => hashStripes(f, from, end, hash));
    f.set(hash, i64.add(hash, size));
    hashRest(f, from, end, hash);
    for (const [shift, prime] of [[33, primes.second] as const, [29, primes.third] as const]) {
      f.set(hash, i64.mul(i64.xor(hash, i64.shr_u(hash, shift)), prime));
    }
    return i64.xor(hash, i64.shr_u(hash, 32));
  });
}

function round(lane: Expression<"i64">, word: Expression<"i64">): Expression<"i64"> {
  return i64.mul(i64.rotl(i64.add(lane, i64.mul(word, primes.second)), 31), primes.first);
}

function hashStripes(f: Writer, from: Address, end: Address, hash: Local<"i64">): void {
  f.scope(() => {
    const begin = [primes.first + primes.second, primes.second, 0n, -primes.first].map((value) => BigInt.asIntN(64, value));
    const lanes = begin.map((value) => f.let(i64.const(value)));
    f.while(address.ge_u(address.sub(end, from), stripeBytes), () => {
      lanes.forEach((lane, index) => f.set(lane, round(lane, i64.load(from, index * 8, 1))));
      f.set(from, address.add(from, stripeBytes));
    });
    const turns = [1, 7, 12, 18];
    const turned = lanes.map((lane, index): Expression<"i64"> => i64.rotl(lane, turns[index] ?? 0));
    f.set(
      hash,
      turned.reduce((sum, lane) => i64.add(sum, lane)),
    );
    for (const lane of lanes) f.set(hash, i64.add(i64.mul(i64.xor(hash, round(i64.const(0), lane)), primes.first), primes.fourth));
  });
}

/** The last bytes, fewer than 32: by 8, by 4, and one by one. */
function hashRest(f: Writer, from: Address, end: Address, hash: Local<"i64">): void {
  const take = (bytes: number, into: () => Expression<"i64">): void =>
    f.while(address.ge_u(address.sub(end, from), bytes), () => {
      f.set(hash, into());
      f.set(from, address.add(from, bytes));
    });
  const mixed = (value: Expression<"i64">, turn: number, by: bigint): Expression<"i64"> =>
    i64.mul(i64.rotl(i64.xor(hash, value), turn), by);
  take(8, () => i64.add(mixed(round(i64.const(0), i64.load(from, 0, 1)), 27, primes.first), primes.fourth));
  take(4, () => i64.add(mixed(i64.mul(i64.load32_u(from, 0, 1), primes.first), 23, primes.second), primes.third));
  take(1, () => mixed(i64.mul(i64.load8_u(from), primes.fifth), 11, primes.first));
}
