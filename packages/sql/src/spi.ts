// File formats: a package @vonk/format-NAME exports `fileFormat` from its ./spi
export type { FileFormat } from "./source/find-format.ts";
export type { PartitionReader, Scan, Table } from "./source/table.ts";
