import type { DataType, StructField } from "@vonk/columnar/internal";
import { readColumns, readType, type TypeSource } from "@vonk/dataframe/internal";
import type { TokenCursor } from "./token-cursor.ts";

/** A type as it stands in CAST and in schemas. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseDataType(cursor: TokenCursor): DataType {
  return readType(sourceAt(cursor));
}

/** A table's columns: `a INT NOT NULL, b STRING COMMENT '…'`; also the text of a schema. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseColumns(cursor: TokenCursor): StructField[] {
  return readColumns(sourceAt(cursor));
}

/** The statement's tokens, from where the cursor is. */
function sourceAt(cursor: TokenCursor): TypeSource {
  return {
    get word() {
      return cursor.word;
    },
    timestampNTZ: cursor.rules.timestampNTZ,
    take: (wordOrSign) => cursor.take(wordOrSign) || cursor.takeSign(wordOrSign),
    name: () => cursor.name(),
    number: () => {
      const value = Number(cursor.peek()?.image);
      if (!Number.isInteger(value)) throw cursor.unexpected(": expected a number");
      cursor.next();
      return value;
    },
    string: () => cursor.string(),
    refuse: (expected) => cursor.unexpected(`: expected ${expected}`),
  };
}
