// File formats: a package @vonk/format-NAME exports `fileFormat` from its ./spi
export type { FileFormat } from "./source/find-format.ts";
export type { BatchReader, ColumnMemory, PartitionReader, Scan, Table } from "./source/table.ts";
