import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import type { FileSink, FileWriteFunction } from "@vonk/core/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { compileExpression, type SessionValues } from "@vonk/expression/internal";
import type { FileRowWriter, FileWriterMaker } from "../source/find-format.ts";
import { partitionFolder } from "../source/partition-path.ts";
import { loadExport } from "./load-export.ts";

/*
 * Rows to files of a format, as tasks do it.
 */

/** What writing takes: the format's writer, and which columns name folders. */
export interface WritePlan {
  readonly writer: { readonly module: string; readonly export: string; readonly args: unknown };
  /** With its point. */
  readonly extension: string;
  readonly jobId: string;
  /** Positions of the columns that the files have. */
  readonly dataOrdinals: readonly number[];
  /** As text, over the row's positions. */
  readonly partitionColumns: readonly { readonly name: string; readonly text: Expression }[];
  readonly session: SessionValues;
}

/** Files that are open at once; of more folders than this the one that was used longest ago is ended, and begun again under another name. */
const openFilesMax = 64;

/** Writes a partition's rows: one file, or one for each folder that its columns name. The first partition writes a file even without rows: it has the schema. */
export function writeRows(plan: WritePlan): FileWriteFunction {
  const make = loadExport<FileWriterMaker>(plan.writer);
  const folders = plan.partitionColumns.map(({ name, text }) => ({ name, text: compileExpression(text, plan.session) }));
  return (partition, records, sink) => {
    const files = new OpenFiles(plan, make, partition, sink);
    if (partition === 0 && plan.partitionColumns.length === 0) files.writerOf("");
    let rows = 0;
    for (const record of records) {
      const row = record as SQLRow;
      const folder = folders.length === 0 ? "" : partitionFolder(folders.map(({ name, text }) => [name, textOrNull(text(row))] as const));
      files.writerOf(folder).write(plan.dataOrdinals.map((ordinal) => row[ordinal] ?? null));
      rows++;
    }
    files.close();
    return rows;
  };
}

function textOrNull(value: SQLValue): string | null {
  return typeof value === "string" ? value : null;
}

class OpenFiles {
  readonly #plan: WritePlan;
  readonly #make: FileWriterMaker;
  readonly #partition: number;
  readonly #sink: FileSink;
  readonly #open = new Map<string, FileRowWriter>();
  #files = 0;

  constructor(plan: WritePlan, make: FileWriterMaker, partition: number, sink: FileSink) {
    this.#plan = plan;
    this.#make = make;
    this.#partition = partition;
    this.#sink = sink;
  }

  /** The writer of a folder's file; the one used last stands last. */
  writerOf(folder: string): FileRowWriter {
    let writer = this.#open.get(folder);
    if (writer !== undefined) {
      if (this.#open.size > 1) {
        this.#open.delete(folder);
        this.#open.set(folder, writer);
      }
      return writer;
    }
    if (this.#open.size >= openFilesMax) this.#closeOldest();
    const { jobId, extension } = this.#plan;
    const name = `part-${String(this.#partition).padStart(5, "0")}-${jobId}.c${String(this.#files++).padStart(3, "0")}${extension}`;
    const file = this.#sink.create(folder === "" ? name : `${folder}/${name}`);
    const made = this.#make((bytes) => file.write(bytes));
    writer = {
      write: (row) => made.write(row),
      close: () => {
        made.close();
        file.close();
      },
    };
    this.#open.set(folder, writer);
    return writer;
  }

  close(): void {
    while (this.#open.size > 0) this.#closeOldest();
  }

  #closeOldest(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    const [folder, writer] = oldest;
    this.#open.delete(folder);
    writer.close();
  }
}
