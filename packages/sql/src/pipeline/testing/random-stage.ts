import {
  createSegment,
  dateType,
  decimalType,
  doubleType,
  ExtentAllocator,
  booleanType,
  integerType,
  longType,
  stringType,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
  type SQLRow,
} from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import fc from "fast-check";
import { StageRunner, type StageOutput } from "../run-stage.ts";
import type { BuiltTable, StagePlan } from "../stage-plan.ts";
import { ThreadPipeline } from "../thread-pipeline.ts";
import { writeValue } from "../write-value.ts";

/* Random rows of all flat types, and stages over them in this thread. */

/** What a query knows of its session. */
export const session: SessionValues = { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "", database: "", version: "" };
/** The segment of this thread. */
export const allocator: ExtentAllocator = new ExtentAllocator(createSegment(256 * 2 ** 20), 0);
/** The pipelines of this thread. */
export const thread: ThreadPipeline = new ThreadPipeline({ memory: allocator.memory, allocator, makeRoom: () => false }, 7);
/** Owner of what outlives a task. */
export const tag = 9;

/** The type of prices. */
export const money: DataType = decimalType(12, 2);
/** The columns of rows. */
export const types: readonly DataType[] = [longType, integerType, money, dateType, stringType, doubleType, booleanType, stringType];
function column(ordinal: number): Expression {
  return { kind: "boundReference", ordinal, dataType: types[ordinal] ?? longType, nullable: true };
}

/** Any BIGINT, small ones often. */
export const long: Expression = column(0);
/** Any INT, small ones often. */
export const int: Expression = column(1);
/** Decimals of two digits behind the point. */
export const price: Expression = column(2);
/** Dates. */
export const day: Expression = column(3);
/** Texts. */
export const name: Expression = column(4);
/** Doubles without NaN. */
export const real: Expression = column(5);
/** Truth values. */
export const flag: Expression = column(6);
/** Texts of a dictionary. */
export const code: Expression = column(7);

const codes = ["A", "é", "", "special requests", "forest green", "longer than eight bytes"];
const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null, freq: 5 });
/** Rows with nulls and values at the edges, at most so many. */
export const rowsOf = (size: number): fc.Arbitrary<SQLRow[]> =>
  fc.array(
    fc.tuple(
      nullable(fc.oneof(fc.bigInt(-4n, 40n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))),
      nullable(fc.oneof(fc.integer({ min: -3, max: 6 }), fc.integer())),
      nullable(fc.bigInt(-999_999_999_999n, 999_999_999_999n)),
      nullable(fc.integer({ min: -800_000, max: 800_000 })),
      nullable(fc.oneof(fc.constantFrom(...codes), fc.string({ unit: "grapheme", maxLength: 12 }))),
      nullable(fc.double({ noNaN: true })),
      nullable(fc.boolean()),
      nullable(fc.constantFrom(...codes)),
    ),
    { maxLength: size },
  );

/** Rows as a batch. The last column has a dictionary, as sources give texts of few values. */
export function batchOf(rows: readonly SQLRow[]): ColumnBatch {
  const { batchMemory, views } = thread;
  const columns = types.map((dataType, column) =>
    writeValue(
      { kind: "boundReference", ordinal: column, dataType, nullable: true },
      rows.length,
      batchMemory,
      views,
      (row) => rows[row]?.[column] ?? null,
    ),
  );
  const values = writeValue(code, codes.length, batchMemory, views, (index) => codes[index] ?? null);
  const last = columns.pop();
  if (last !== undefined) {
    const data = batchMemory.allocate(rows.length + 1);
    for (const [row, values_] of rows.entries())
      views.bytes[data + row] = Math.max(
        0,
        codes.findIndex((each) => each === values_[7]),
      );
    const coded: ColumnVector = { ...last, data, dictionary: { width: 1, values } };
    columns.push(coded);
  }
  return { length: rows.length, columns };
}

/** What a stage makes of rows. */
export function run(plan: Pick<StagePlan<BuiltTable>, "steps" | "sink" | "order">, rows: readonly SQLRow[]): StageOutput[] {
  const runner = new StageRunner({ source: { columns: types }, session, tag, ...plan }, thread);
  return [
    ...runner.runBatches(
      (function* (): Generator<ColumnBatch> {
        yield batchOf(rows);
      })(),
    ),
  ];
}
