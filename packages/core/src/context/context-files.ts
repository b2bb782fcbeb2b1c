import { contextParts } from "./context-parts.ts";
import type { SparkContext } from "./spark-context.ts";
import { addArchiveTo, addFileTo } from "./spark-files.ts";

/** Files that a SparkContext gives to its tasks. */
export class ContextFiles {
  /** Gives tasks a copy of a local file (or folder); they find it with `SparkFiles.get(name)`. @throws PATH_NOT_FOUND */
  addFile(this: SparkContext, path: string, recursive = false): void {
    this.assertRunning("addFile");
    const { files, runtime } = contextParts(this);
    files.add(addFileTo(runtime.folder, path, recursive));
    tellExecutors(this);
  }

  /**
   * Unpacks a local `.zip`, `.tar`, `.tar.gz` or `.tgz` for tasks; they find the folder with `SparkFiles.get(name)`.
   * The name is that of the archive, or what stands behind a `#`: `addArchive("model-3.tgz#model")`.
   * @throws PATH_NOT_FOUND, ARCHIVE_UNREADABLE, INVALID_ARGUMENT
   */
  addArchive(this: SparkContext, path: string): void {
    this.assertRunning("addArchive");
    const { archives, runtime } = contextParts(this);
    archives.add(addArchiveTo(runtime.folder, path));
    tellExecutors(this);
  }

  /** Names of the folders of the added archives. */
  listArchives(this: SparkContext): readonly string[] {
    return [...contextParts(this).archives];
  }

  /** Names of the added files. */
  listFiles(this: SparkContext): readonly string[] {
    return [...contextParts(this).files];
  }
}

/** The one executor of local mode reads the driver's folder itself. */
function tellExecutors(context: SparkContext): void {
  if (!context.isLocal) contextParts(context).jobs.filesAdded();
}
