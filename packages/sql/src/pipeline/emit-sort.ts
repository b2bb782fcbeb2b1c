import type { PhysicalType } from "@vonk/columnar/internal";
import { address, call, f64, i32, i64, int128, ModuleWriter, type Expression as Code, type FunctionWriter, type Local } from "@vonk/wasm";
import { TextFunctions } from "./emit-text.ts";

/** A column that rows are put in order by, as it lies in blocks. */
export interface SortColumn {
  readonly physical: PhysicalType;
  readonly isNullable: boolean;
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * A module that puts row numbers in an order: `sort(columns, rows, other, count)` gives which of the two lists of `count` numbers has them in the end.
 * `columns` has two addresses a column, of its values and of its bits. A merge sort: equal rows stay as they were, and runs that are in order already
 * cost one comparison.
 */
export function emitSort(keys: readonly SortColumn[]): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const text = new TextFunctions(module);
  const before = module.function("before", { params: { columns: "address", a: "i32", b: "i32" }, results: ["i32"] }, (f, given) => {
    for (const [index, key] of keys.entries()) f.scope(() => compareKey(f, key, index, given, text));
    return i32.const(0);
  });
  const params = { columns: "address", rows: "address", other: "address", count: "i32" } as const;
  const sort = module.function("sort", { params, results: ["address"] }, (f, { columns, rows, other, count }) => {
    const from = f.let(rows);
    const to = f.let(other);
    const width = f.let(i32.const(1));
    f.while(i32.lt_s(width, count), () => {
      f.scope(() => {
        const low = f.let(i32.const(0));
        f.while(i32.lt_s(low, count), () => {
          f.scope(() => {
            const middle = f.let(least(f, i32.add(low, width), count));
            const high = f.let(least(f, i32.add(middle, width), count));
            mergeRuns(f, { from, to, low, middle, high }, (a, b) => call(before, { columns, a, b }));
            f.set(low, high);
          });
        });
        const done = f.let(from);
        f.set(from, to);
        f.set(to, done);
        f.set(width, i32.shl(width, 1));
      });
    });
    return from;
  });
  module.exportFunction(sort);
  return module.toBytes();
}

type Writer = FunctionWriter<readonly ["address"]> | FunctionWriter<readonly ["i32"]>;

interface Runs {
  readonly from: Local<"address">;
  readonly to: Local<"address">;
  readonly low: Local<"i32">;
  readonly middle: Local<"i32">;
  readonly high: Local<"i32">;
}

/** Two runs beside each other as one. */
function mergeRuns(f: Writer, { from, to, low, middle, high }: Runs, before: (a: Code<"i32">, b: Code<"i32">) => Code<"i32">): void {
  const left = f.let(low);
  const right = f.let(middle);
  const at = f.let(low);
  const row = (index: Code<"i32">): Code<"i32"> => i32.load(address.at(from, index, 4));
  // Runs that follow each other: all of the left one is copied first.
  f.if(i32.lt_s(middle, high), () => {
    f.if(i32.eqz(before(row(middle), row(i32.sub(middle, 1)))), () => f.set(right, high));
  });
  const isInOrder = f.let(i32.and(i32.eq(right, high), i32.lt_s(middle, high)));
  f.if(isInOrder, () => {
    f.memoryCopy(address.at(to, low, 4), address.at(from, low, 4), address.of(i32.shl(i32.sub(high, low), 2)));
    f.set(at, high);
  });
  f.while(i32.lt_s(at, high), () => {
    const takesLeft = f.let(i32.lt_s(left, middle));
    f.if(i32.and(takesLeft, i32.lt_s(right, high)), () => f.set(takesLeft, i32.eqz(before(row(right), row(left)))));
    f.if(
      takesLeft,
      () => {
        f.store32(address.at(to, at, 4), row(left));
        f.set(left, i32.add(left, 1));
      },
      () => {
        f.store32(address.at(to, at, 4), row(right));
        f.set(right, i32.add(right, 1));
      },
    );
    f.set(at, i32.add(at, 1));
    f.free(takesLeft);
  });
}

function least(f: Writer, a: Code<"i32">, b: Code<"i32">): Code<"i32"> {
  const smaller = f.let(a);
  f.if(i32.gt_s(smaller, b), () => f.set(smaller, b));
  return smaller;
}

interface Compared {
  readonly columns: Local<"address">;
  readonly a: Local<"i32">;
  readonly b: Local<"i32">;
}

/** Returns when a key tells which row stands before the other. */
function compareKey(
  f: FunctionWriter<readonly ["i32"]>,
  key: SortColumn,
  index: number,
  { columns, a, b }: Compared,
  text: TextFunctions,
): void {
  const values = f.let(address.load(columns, 16 * index));
  const decide = (): void => decideValues(f, key, values, a, b, text);
  if (!key.isNullable) return decide();
  const bits = f.let(address.load(columns, 16 * index + 8));
  const isValid = (row: Local<"i32">): Code<"i32"> =>
    i32.and(i32.shr_u(i32.load8_u(address.at(bits, i32.shr_u(row, 3), 1)), i32.and(row, 7)), 1);
  const validA = f.let(isValid(a));
  const validB = f.let(isValid(b));
  f.if(i32.ne(validA, validB), () => f.return(key.nullsFirst ? validB : validA));
  f.if(validA, decide);
}

function decideValues(
  f: FunctionWriter<readonly ["i32"]>,
  { physical, ascending }: SortColumn,
  values: Code<"address">,
  a: Local<"i32">,
  b: Local<"i32">,
  text: TextFunctions,
): void {
  const [first, second] = ascending ? [a, b] : [b, a];
  const decided = (less: Code<"i32">, more: Code<"i32">): void => {
    f.if(less, () => f.return(1));
    f.if(more, () => f.return(0));
  };
  f.scope(() => {
    switch (physical) {
      case "boolean":
      case "int32": {
        const load = (row: Local<"i32">): Code<"i32"> =>
          physical === "boolean" ? i32.load8_u(address.at(values, row, 1)) : i32.load(address.at(values, row, 4));
        const [x, y] = [f.let(load(first)), f.let(load(second))];
        return decided(i32.lt_s(x, y), i32.gt_s(x, y));
      }
      case "float64": {
        // Zeros are equal, and NaN stands behind all others.
        const [x, y] = [f.let(f64.load(address.at(values, first, 8))), f.let(f64.load(address.at(values, second, 8)))];
        const isNumber = (value: Local<"f64">): Code<"i32"> => f64.eq(value, value);
        const isLess = (one: Local<"f64">, other: Local<"f64">): Code<"i32"> =>
          i32.or(f64.lt(one, other), i32.and(isNumber(one), i32.eqz(isNumber(other))));
        return decided(isLess(x, y), isLess(y, x));
      }
      case "bytes": {
        const order = f.let(text.compare(i64.load(address.at(values, first, 8)), i64.load(address.at(values, second, 8))));
        return decided(i32.lt_s(order, 0), i32.gt_s(order, 0));
      }
      case "int128": {
        const [x, y] = [int128.local(f), int128.local(f)];
        int128.set(f, x, int128.load(address.at(values, first, 16)));
        int128.set(f, y, int128.load(address.at(values, second, 16)));
        return decided(int128.lt_s(x, y), int128.lt_s(y, x));
      }
      default: {
        const [x, y] = [f.let(i64.load(address.at(values, first, 8))), f.let(i64.load(address.at(values, second, 8)))];
        return decided(i64.lt_s(x, y), i64.gt_s(x, y));
      }
    }
  });
}
