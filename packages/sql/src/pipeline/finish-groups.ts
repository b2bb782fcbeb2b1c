import { vectorReader, type DecimalType, type RowReader, type SQLValue } from "@vonk/columnar/internal";
import { typeOf } from "@vonk/dataframe/internal";
import { expressionErrors } from "@vonk/expression";
import { checkedDecimal, powerOfTen } from "@vonk/expression/internal";
import { blockPhysical, blockVectors, blockWidth } from "./block-form.ts";
import { emitAverage } from "./emit-average.ts";
import { scaleOf } from "./operand-scale.ts";
import type { Average, Block, GroupsSink } from "./stage-plan.ts";
import type { BlockMemory } from "./block-writer.ts";
import { codeKey, exported, withoutContext, type ThreadPipeline } from "./thread-pipeline.ts";

/** Refuses sums that their type does not hold. @throws ARITHMETIC_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE */
export function checkSums({ groupings, accumulators }: GroupsSink, block: Block, thread: ThreadPipeline): void {
  const types = [...groupings.map(typeOf), ...accumulators.map((accumulator) => accumulator.dataType)];
  for (const [index, { result }] of accumulators.entries()) {
    const at = groupings.length + index;
    const vector = result === undefined ? undefined : blockVectors(block, types)[at];
    if (vector === undefined || result === undefined || thread.bounds(vector.data, 16, block.rows) !== undefined) continue;
    if (result.kind === "decimal") checkDecimals(vectorReader(vector, thread.views), block.rows, result);
    else {
      throw expressionErrors.create("ARITHMETIC_OVERFLOW", {
        message: "long overflow",
        alternative: " Use 'try_sum' to tolerate overflow and return NULL instead.",
        config: '"spark.sql.ansi.enabled"',
      });
    }
  }
}

function checkDecimals(read: RowReader, rows: number, type: DecimalType): void {
  for (let row = 0; row < rows; row++) {
    const value = read(row);
    if (typeof value === "bigint") checkedDecimal(value, type, true);
  }
}

/** The block with a column for each average, null where nothing was counted. */
export function addAverages(sink: GroupsSink, block: Block, thread: ThreadPipeline, memory: BlockMemory): Block {
  const added = sink.averages.map((average) => averageColumn(sink, average, block, thread, memory));
  return { ...block, columns: [...block.columns, ...added] };
}

function averageColumn(
  { groupings, accumulators }: GroupsSink,
  { sum, count, dataType }: Average,
  block: Block,
  thread: ThreadPipeline,
  memory: BlockMemory,
): Block["columns"][number] {
  const { rows } = block;
  const sums = block.columns[groupings.length + sum];
  const counts = block.columns[groupings.length + count];
  const sumType = accumulators[sum]?.dataType;
  const data = memory.allocate(rows * blockWidth(dataType));
  if (sums === undefined || counts === undefined || sumType === undefined) return { data, validity: 0 };
  const factor = powerOfTen(scaleOf(dataType) - scaleOf(sumType));
  const range = sumType.kind === "double" ? undefined : thread.bounds(sums.data, 16, rows);
  const most = 2n ** 62n;
  if (range !== undefined && range.min * factor > -most && range.max * factor < most) {
    const isWide = blockPhysical(dataType) === "int128";
    const divide = thread.code(codeKey(["average", isWide, factor]), () => withoutContext(emitAverage(isWide, factor)));
    exported(divide.exports, "run")(sums.data, counts.data, rows, data);
    return { data, validity: sums.validity };
  }
  const types = [...groupings.map(typeOf), ...accumulators.map((accumulator) => accumulator.dataType)];
  const vectors = blockVectors(block, types);
  const [readSum, readCount] = [vectors[groupings.length + sum], vectors[groupings.length + count]].map((vector) =>
    vector === undefined ? () => null : vectorReader(vector, thread.views),
  );
  const { view } = thread.views;
  for (let row = 0; row < rows; row++)
    putAverage(view, data, row, readSum?.(row) ?? null, readCount?.(row) ?? null, factor, blockWidth(dataType));
  return { data, validity: sums.validity };
}

function putAverage(view: DataView, data: number, row: number, sum: SQLValue, count: SQLValue, factor: bigint, width: number): void {
  if (typeof count !== "bigint" || count === 0n) return;
  if (typeof sum === "number") return view.setFloat64(data + 8 * row, sum / Number(count), true);
  if (typeof sum !== "bigint") return;
  const scaled = sum * factor;
  const half = count / 2n;
  const value = (scaled < 0n ? scaled - half : scaled + half) / count;
  view.setBigInt64(data + width * row, BigInt.asIntN(64, value), true);
  if (width === 16) view.setBigInt64(data + 16 * row + 8, value >> 64n, true);
}
