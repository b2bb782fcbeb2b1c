import { DataFrame } from "@vonk/dataframe";
import type { LogicalPlan, QueryOptions, UnresolvedRelation, WriteRequest } from "@vonk/dataframe/internal";
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
  /** What reads the tables whose rows are to be kept, with the id by which the session knows them. */
  readonly #kept = new Map<string, UnresolvedRelation>();

  constructor(session: SparkSession) {
    this.#session = session;
  }

  /** A table; undefined when there is none of that name. */
  async find(nameParts: readonly string[]): Promise<StoredTable | undefined> {
    const name = tableName(nameParts);
    if (name === undefined) return undefined;
    const { files, root } = await this.#place();
    const table = await describe(files, joinPath(root, name));
    const reference = this.#kept.get(name);
    return table === undefined || reference === undefined ? table : { ...table, reference };
  }

  /** The plan that reads a table, the same from now on: what is kept of it is known by that. Undefined when there is no such table. */
  async keep(nameParts: readonly string[]): Promise<LogicalPlan | undefined> {
    const table = await this.find(nameParts);
    if (table === undefined) return undefined;
    if (table.reference.planId !== undefined) return table.reference;
    const { plan } = new DataFrame(this.#session.engine, table.reference);
    if (plan.kind === "unresolvedRelation") this.#kept.set(table.name, plan);
    return plan;
  }

  /** The plan of {@link keep}, when it was asked for. */
  keptPlan(nameParts: readonly string[]): LogicalPlan | undefined {
    return this.#kept.get(tableName(nameParts) ?? "");
  }

  /** Rows that are kept of a table are not its rows any longer; they will be computed anew. */
  async #changed(name: string): Promise<void> {
    const plan = this.#kept.get(name);
    if (plan === undefined) return;
    const { persisted } = this.#session;
    const level = persisted.levelOf(plan);
    await persisted.remove(plan);
    if (level !== "NONE") persisted.add(plan, level);
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
    await this.#changed(nameOf(folder));
  }

  /** Adds rows to a table, or puts them in the place of its own. */
  async write(table: StoredTable, request: Omit<WriteRequest, "format" | "partitionBy" | "target">, options?: QueryOptions): Promise<void> {
    const { format, partitionBy, folder, name } = table;
    const whole: WriteRequest = { ...request, format, partitionBy, target: { kind: "path", path: folder } };
    if (request.mode === "overwrite") await this.save([name], whole, options);
    else await writeFiles(this.#session, whole, folder, options);
    await this.#changed(name);
  }

  /** Deletes a table and its files; false when there was none. */
  async drop(nameParts: readonly string[]): Promise<boolean> {
    const table = await this.find(nameParts);
    if (table === undefined) return false;
    const { files } = await this.#place();
    await files.delete(table.folder, true);
    const plan = this.#kept.get(table.name);
    this.#kept.delete(table.name);
    if (plan !== undefined) await this.#session.persisted.remove(plan);
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
