// File formats: a package @vonk/format-NAME exports `fileFormat` from its ./spi
export type { FileFormat, FileRowWriter, FileWriterMaker, FileWriterPlan } from "./source/find-format.ts";
export type { BatchReader, ColumnMemory, PartitionReader, Scan, Table } from "./source/table.ts";
