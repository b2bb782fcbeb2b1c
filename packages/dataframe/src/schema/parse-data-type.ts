import type { DataType } from "@vonk/columnar/internal";
import { dataFrameErrors } from "../errors.ts";
import { typeOfText } from "./type-text.ts";

/** The type that a text names, as SQL writes it: `bigint`, `decimal(10,2)`, `array<string>`, `struct<a:int,b:date>`. @throws TYPE_TEXT_MALFORMED */
export function parseDataType(text: string): DataType {
  return typeOfText(text, () => dataFrameErrors.create("TYPE_TEXT_MALFORMED", { text }));
}
