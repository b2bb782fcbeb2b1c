import { stringType, structType } from "@vonk/columnar/internal";
import { randomSeed } from "@vonk/common/internal";
import { saveFiles } from "@vonk/core/internal";
import { boundReference, cast, type QueryOptions, type WriteRequest } from "@vonk/dataframe/internal";
import { joinPath, nameOf, parentOf, type FileSystem } from "@vonk/filesystem/internal";
import { sqlErrors } from "../errors.ts";
import { findFormat } from "../source/find-format.ts";
import type { WritePlan } from "../task/write-tasks.ts";
import { overwritePartitions } from "./overwrite-partitions.ts";
import type { QueryExecution } from "./query-execution.ts";
import type { SparkSession } from "./spark-session.ts";

const module = new URL("../task/write-tasks.ts", import.meta.url).href;

/**
 * Writes a query's rows as files of a folder. Nothing shows before all are written. Overwriting puts the whole new folder in the place of the old one
 * at the end, so that a job that fails leaves the old data, and a query may read what it overwrites; with `partitionOverwriteMode` (an option, or
 * `spark.sql.sources.partitionOverwriteMode`) `dynamic`, only the folders of values that the query has.
 * @throws PATH_ALREADY_EXISTS, FORMAT_NOT_WRITABLE, PARTITION_COLUMN_NOT_FOUND
 */
export async function writeFiles(spark: SparkSession, request: WriteRequest, path: string, options: QueryOptions = {}): Promise<void> {
  const files = await spark.sparkContext.fileSystems.get(path);
  const output = files.qualify(path);
  const exists = await files.exists(output, options.signal);
  if (exists && request.mode === "ignore") return;
  if (exists && (request.mode === "error" || request.mode === "errorifexists")) {
    throw sqlErrors.create("PATH_ALREADY_EXISTS", { outputPath: output });
  }
  const execution = await spark.executionOf(request.plan);
  const jobId = randomSeed().toString(36);
  const plan = await writePlan(spark, request, execution, jobId);
  const func = { module, export: "writeRows", args: plan };
  const save = (folder: string, appends: boolean): Promise<void> =>
    execution.run(spark.executionContext(), (rows) => saveFiles(rows, folder, func, { ...options, jobId, appends }));
  if (!exists || request.mode !== "overwrite") return save(output, exists);
  const fresh = joinPath(parentOf(output) ?? output, `_${nameOf(output)}.${jobId}`);
  await save(fresh, false);
  if (isDynamic(spark, request)) return overwritePartitions(files, output, fresh, request.partitionBy.length);
  await replaceFolder(files, output, fresh, `${fresh}.old`);
}

/** Whether only the folders of values that a query has are replaced. A table that is made anew has no others. */
function isDynamic(spark: SparkSession, { partitionBy, options, target }: WriteRequest): boolean {
  if (partitionBy.length === 0 || (target.kind === "table" && !target.insert)) return false;
  const mode = options["partitionOverwriteMode"] ?? spark.conf.get("spark.sql.sources.partitionOverwriteMode") ?? "static";
  return mode.toLowerCase() === "dynamic";
}

/** Two renames: what was there comes back when the second fails. */
async function replaceFolder(files: FileSystem, folder: string, fresh: string, old: string): Promise<void> {
  await files.rename(folder, old);
  try {
    await files.rename(fresh, folder);
  } catch (error) {
    await files.rename(old, folder);
    throw error;
  }
  await files.delete(old, true);
}

async function writePlan(spark: SparkSession, request: WriteRequest, { schema }: QueryExecution, jobId: string): Promise<WritePlan> {
  const { format, options, partitionBy } = request;
  const source = await findFormat(format.toLowerCase());
  const names = partitionBy.map((name) => name.toLowerCase());
  const ordinals = names.map((name) => schema.fields.findIndex((field) => field.name.toLowerCase() === name));
  for (const [index, ordinal] of ordinals.entries()) {
    if (ordinal >= 0) continue;
    const columns = schema.fields.map((field) => field.name);
    throw sqlErrors.create("PARTITION_COLUMN_NOT_FOUND", { column: partitionBy[index] ?? "", columns });
  }
  const dataOrdinals = schema.fields.flatMap((_, ordinal) => (ordinals.includes(ordinal) ? [] : [ordinal]));
  const fields = schema.fields.filter((_, ordinal) => dataOrdinals.includes(ordinal));
  const { session } = spark.executionContext();
  // What times look like in text depends on the session's zone, unless the writer was told another.
  const writer = source.writer?.(structType(fields), { timeZone: session.timeZone, ...options });
  if (writer === undefined || fields.length === 0) throw sqlErrors.create("FORMAT_NOT_WRITABLE", { format });
  const partitionColumns = ordinals.map((ordinal) => {
    const { name = "", dataType = stringType, nullable = true } = schema.fields[ordinal] ?? {};
    return { name, text: cast(boundReference(ordinal, dataType, nullable), stringType) };
  });
  return { writer, extension: writer.extension, jobId, dataOrdinals, partitionColumns, session };
}
