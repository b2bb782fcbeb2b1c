import type { StructType } from "@vonk/columnar/internal";
import type { FileWriterMaker } from "@vonk/sql/spi";
import { ParquetWriter } from "../writer/parquet-writer.ts";
import { bloomOptions, type WriteSettings } from "./write-options.ts";

/** What tasks need to write files. */
export interface WriteArgs {
  readonly schema: StructType;
  readonly settings: WriteSettings;
}

/** Parquet files of rows, as the interpreter has them. */
export function writeRows({ schema, settings }: WriteArgs): FileWriterMaker {
  const { codec, limits, bloom } = settings;
  return (write) => {
    const file = new ParquetWriter(schema, write, { ...limits, codec, bloomFilters: (column) => bloomOptions(bloom, column) });
    return {
      write: (row) => file.writeRows([row]),
      close: () => {
        file.close();
      },
    };
  };
}
