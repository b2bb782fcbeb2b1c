import type { StructType } from "@vonk/columnar/internal";
import type { FileWriterMaker } from "@vonk/sql/spi";
import type { ParquetWriteCodec } from "../writer/compress-page.ts";
import { ParquetWriter } from "../writer/parquet-writer.ts";

/** What tasks need to write files. */
export interface WriteArgs {
  readonly schema: StructType;
  readonly codec: ParquetWriteCodec;
}

/** Parquet files of rows, as the interpreter has them. */
export function writeRows({ schema, codec }: WriteArgs): FileWriterMaker {
  return (write) => {
    const file = new ParquetWriter(schema, write, { codec });
    return {
      write: (row) => file.writeRows([row]),
      close: () => {
        file.close();
      },
    };
  };
}
