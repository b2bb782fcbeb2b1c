import { CompactWriter } from "../thrift/compact-writer.ts";
import { cutMax, cutMin } from "./bound-bytes.ts";
import type { ChunkStatistics } from "./chunk-statistics.ts";
import type { LeafPlan } from "./write-node.ts";

/** A page of values that is in the file, for the indexes of its chunk. */
export interface WrittenPage {
  /** Of header and page. */
  readonly bytes: number;
  /** The row it begins with, within the row group. */
  readonly firstRow: number;
  readonly statistics: ChunkStatistics;
}

/** The OffsetIndex of a chunk whose first page of values lies at a position of the file. */
export function writeOffsetIndex(pages: readonly WrittenPage[], position: number): Uint8Array {
  const writer = new CompactWriter();
  let at = position;
  writer.struct(() =>
    writer.structListField(1, pages, ({ bytes, firstRow }) => {
      writer.integerField(1, at, true);
      writer.integerField(2, bytes);
      writer.integerField(3, firstRow, true);
      at += bytes;
    }),
  );
  return writer.written();
}

const order = { unordered: 0, ascending: 1, descending: 2 } as const;

/** The ColumnIndex of a chunk: what each page's values are. Undefined when they have no order, or a page has a value outside of it. */
export function writeColumnIndex(leaf: LeafPlan, pages: readonly WrittenPage[]): Uint8Array | undefined {
  const { compare, logical } = leaf.writer;
  if (compare === undefined) return undefined;
  const isCut = leaf.writer.type === "BYTE_ARRAY";
  const isText = logical?.kind === "STRING";
  const nulls: boolean[] = [];
  const mins: Uint8Array[] = [];
  const maxes: Uint8Array[] = [];
  for (const { statistics } of pages) {
    const bounds = statistics.bounds();
    if (bounds === undefined && !statistics.isEmpty) return undefined;
    const [min, max] = bounds ?? [new Uint8Array(), new Uint8Array()];
    nulls.push(bounds === undefined);
    mins.push(isCut ? cutMin(min, isText) : min);
    maxes.push(isCut ? cutMax(max, isText) : max);
  }
  const writer = new CompactWriter();
  writer.struct(() => {
    writer.booleanListField(1, nulls);
    writer.bytesListField(2, mins);
    writer.bytesListField(3, maxes);
    writer.integerField(4, order[orderOf(pages, compare)]);
    writer.wideListField(
      5,
      pages.map(({ statistics }) => statistics.nulls),
    );
  });
  return writer.written();
}

/** Whether bounds of the pages that have values rise or fall together. */
function orderOf(pages: readonly WrittenPage[], compare: NonNullable<LeafPlan["writer"]["compare"]>): keyof typeof order {
  const filled = pages.filter(({ statistics }) => !statistics.isEmpty);
  let isAscending = true;
  let isDescending = true;
  for (let index = 1; index < filled.length; index++) {
    const [before, page] = [filled[index - 1]?.statistics, filled[index]?.statistics];
    if (before === undefined || page === undefined) continue;
    const differences = [compare(before.min, page.min), compare(before.max, page.max)];
    if (differences.some((difference) => difference > 0)) isAscending = false;
    if (differences.some((difference) => difference < 0)) isDescending = false;
  }
  return isAscending ? "ascending" : isDescending ? "descending" : "unordered";
}
