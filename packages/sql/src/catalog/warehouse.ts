import type { QueryOptions, UnresolvedRelation, WriteRequest } from "@vonk/dataframe/internal";
import { joinPath, nameOf, type FileSystem } from "@vonk/filesystem/internal";
import type { SparkSession } from "../session/spark-session.ts";
import { writeFiles } from "../session/write-files.ts";

/** A table of the warehouse. */
export interface StoredTable {
  readonly name: string;
  readonly folder: string;
  readonly format: string;
  readonly partitionBy: readonly string[];
  /** What reads its files. */
  readonly reference: UnresolvedRelation;
}

/** What a table's folder says of it, beside its files. */
const descriptionName = "_vonk_table.json";

/** Tables as folders of `spark.sql.warehouse.dir`: they are there in the next session too. Names are not case-sensitive. */
export class Warehouse {
  readonly #session: SparkSession;

  constructor(session: SparkSession) {
    this.#session = session;
  }

  /** A table; undefined when there is none of that name. */
  async find(nameParts: readonly string[]): Promise<StoredTable | undefined> {
    const name = tableName(nameParts);
    if (name === undefined) return undefined;
    const { files, root } = await this.#place();
    return describe(files, joinPath(root, name));
  }

  /** All tables, by name. */
  async list(): Promise<StoredTable[]> {
    const { files, root } = await this.#place();
    if (!(await files.exists(root))) return [];
    const found = await Promise.all(
      (await files.list(root)).filter((entry) => entry.isDirectory).map((entry) => describe(files, entry.path)),
    );
    return found.filter((table) => table !== undefined);
  }

  /** Writes rows as a table, in the place of one of that name. */
  async save(nameParts: readonly string[], request: WriteRequest, options?: QueryOptions): Promise<void> {
    const { files, root } = await this.#place();
    const folder = joinPath(root, tableName(nameParts) ?? nameParts.join("."));
    await writeFiles(this.#session, { ...request, mode: "overwrite" }, folder, options);
    const description = await files.create(joinPath(folder, descriptionName));
    await description.write(Buffer.from(`${JSON.stringify({ format: request.format, partitionBy: request.partitionBy })}\n`));
    await description.close();
  }

  /** Adds rows to a table, or puts them in the place of its own. */
  async write(table: StoredTable, request: Omit<WriteRequest, "format" | "partitionBy" | "target">, options?: QueryOptions): Promise<void> {
    const { format, partitionBy, folder, name } = table;
    const whole: WriteRequest = { ...request, format, partitionBy, target: { kind: "path", path: folder } };
    if (request.mode === "overwrite") await this.save([name], whole, options);
    else await writeFiles(this.#session, whole, folder, options);
  }

  /** Deletes a table and its files; false when there was none. */
  async drop(nameParts: readonly string[]): Promise<boolean> {
    const table = await this.find(nameParts);
    if (table === undefined) return false;
    const { files } = await this.#place();
    await files.delete(table.folder, true);
    return true;
  }

  async #place(): Promise<{ readonly files: FileSystem; readonly root: string }> {
    const folder = this.#session.conf.get("spark.sql.warehouse.dir") ?? "spark-warehouse";
    const files = await this.#session.sparkContext.fileSystems.get(folder);
    return { files, root: files.qualify(folder) };
  }
}

/** A name of the one schema that there is, which it may leave out; undefined for others. */
function tableName(nameParts: readonly string[]): string | undefined {
  const parts = nameParts.map((part) => part.toLowerCase());
  if (parts.length > 1 && parts[0] === "spark_catalog") parts.shift();
  if (parts.length > 1 && parts[0] === "default") parts.shift();
  const [name] = parts;
  return parts.length === 1 && name !== undefined && /^[^/\\]+$/.test(name) && !/^[._]/.test(name) ? name : undefined;
}

async function describe(files: FileSystem, folder: string): Promise<StoredTable | undefined> {
  const path = joinPath(folder, descriptionName);
  const status = await files.stat(path);
  if (status === undefined) return undefined;
  const bytes = await files.readRange(path, 0, status.bytes);
  const { format, partitionBy } = JSON.parse(Buffer.from(bytes).toString()) as Pick<StoredTable, "format" | "partitionBy">;
  const reference = { kind: "unresolvedRelation", nameParts: [format], options: {}, paths: [folder] } as const;
  return { name: nameOf(folder), folder, format, partitionBy, reference };
}
