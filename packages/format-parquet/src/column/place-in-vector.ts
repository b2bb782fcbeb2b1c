import { encoding, pageType } from "../metadata/parquet-enums.ts";
import type { ColumnChunk } from "../metadata/parquet-metadata.ts";
import type { PageHeader } from "../page/page-header.ts";
import type { ValueForm } from "../schema/value-form.ts";

/** Bytes before a vector's values, for the levels of its first page. Levels of a page without nulls are a run: longer ones are none. */
export const headBytes = 64;

/**
 * Where a page is to be decompressed so that its values, which are as the vector has them, lie at `to` at once if none is null: they end with the page.
 * The bytes from there to `to`, at most {@link headBytes}, are the page's levels. Undefined when the values have to be decoded from elsewhere.
 */
export function placeInVector(form: ValueForm, { codec }: ColumnChunk, page: PageHeader, to: number): number | undefined {
  const isAsInVector = page.encoding === encoding.plain && form.conversion.kind === "none" && form.physical !== "bytes";
  if (!isAsInVector || codec === "UNCOMPRESSED") return undefined;
  const head = page.uncompressedBytes - page.repetitionBytes - page.definitionBytes - page.values * form.width;
  // In pages of version 2 levels lie apart, and values begin what is compressed.
  if (page.type === pageType.dataV2) return head <= 0 ? to : undefined;
  return head >= 0 && head <= headBytes ? to - head : undefined;
}
