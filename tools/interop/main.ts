// `npm run interop -- [--seed S] [--rows N] [--only ENGINE]`: Parquet files of all types as Vonk writes them, and what it decodes of these as Arrow
// files, read back by pyarrow (`pyarrow` and `arrow`), DuckDB and Spark
// (npm run bench:peers installs them): every value, least and greatest values as the files' statistics have them, counts under conditions that use
// statistics, indexes of pages and Bloom filters. Prints what differs, then `N files read by ENGINE, N differences`; exit code 1 when there are some,
// 2 when the engines are not installed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ArrowWriter, integerType, type SQLRow, type StructType, structType, vectorMemory } from "@vonk/columnar/internal";
import { seededRandom } from "@vonk/common/internal";
import {
  BumpArena,
  bytesSource,
  decodeRowGroup,
  type ParquetWriteOptions,
  ParquetWriter,
  readParquetMetadata,
} from "@vonk/format-parquet/internal";
import { peerPython } from "../bench/peer-programs.ts";
import { run } from "../command/run.ts";
import { type Answer, compareAnswer, type WrittenTable } from "./compare-answer.ts";
import { sampleTable } from "./sample-table.ts";

const { values: given } = parseArgs({
  options: { seed: { type: "string", default: "1" }, rows: { type: "string", default: "400" }, only: { type: "string" } },
});
const python = peerPython("interop");
if (python === undefined) {
  process.stderr.write("pyarrow, DuckDB and Spark are not installed together: run npm run bench:peers\n");
  process.exit(2);
}

const bloom = { falsePositiveRate: 0.01, bytesMax: 1 << 16 };
const ways: Readonly<Record<string, ParquetWriteOptions>> = {
  snappy: {},
  "none-pages": { codec: "none", pageValuesMax: 50, dictionaryBytesMax: 0, bloomFilters: () => bloom },
  "gzip-groups": { codec: "gzip", rowGroupRowsMax: 150, pageValuesMax: 40, bloomFilters: () => bloom },
  "zstd-dictionary": { codec: "zstd", dictionaryBytesMax: 600, pageValuesMax: 60 },
};

/** Column, SQL's literal, and whether every table with rows has it. */
const conditions = [
  ["id", "10", true],
  ["id", "11", false],
  ["text", "'zz'", false],
  ["text", "'nowhere'", false],
  ["i32", "-3", false],
] as const;

const folder = mkdtempSync(join(tmpdir(), "vonk-interop-"));
const tables = new Map<string, WrittenTable>();
const random = seededRandom(Number(given.seed));
for (const [name, options] of Object.entries(ways)) writeTable(name, sampleTable(random, Number(given.rows)), options);
writeTable("empty", sampleTable(random, 0), {});
writeFileSync(join(folder, "conditions.json"), JSON.stringify(conditions));

for (const engine of ["arrow", "pyarrow", "duckdb", "spark"])
  if (given.only === undefined || given.only === engine) await readBack(python, engine);
rmSync(folder, { recursive: true });

function writeTable(
  name: string,
  table: { readonly schema: StructType; readonly rows: readonly SQLRow[] },
  options: ParquetWriteOptions,
): void {
  const parts: Uint8Array[] = [];
  const writer = new ParquetWriter(table.schema, (bytes) => parts.push(bytes.slice()), options);
  writer.writeRows(table.rows);
  writer.close();
  const file = Buffer.concat(parts);
  writeFileSync(join(folder, `${name}.parquet`), file);
  tables.set(`${name}.parquet`, table);
  writeFileSync(join(folder, `${name}.arrow`), toArrow(file));
  tables.set(`${name}.arrow`, table);
}

/** What is decoded of a Parquet file, as an Arrow file. */
function toArrow(file: Uint8Array): Uint8Array {
  const pages = 1024;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const arena = new BumpArena(memory, 64, pages * 65_536 - 64);
  const source = bytesSource("file", file);
  const metadata = readParquetMetadata(source);
  const parts: Uint8Array[] = [];
  // pyarrow cannot look at Arrow's intervals of months: their integers are sent.
  const fields = metadata.schema.fields.map((field) =>
    field.dataType.kind === "year-month-interval" ? { ...field, dataType: integerType } : field,
  );
  const writer = new ArrowWriter(structType(fields), (bytes) => parts.push(bytes), { form: "file" });
  const columns = metadata.schema.fields.map((field) => field.name);
  for (const group of metadata.rowGroups.keys()) {
    arena.reset();
    writer.writeBatch(decodeRowGroup(source, metadata, group, columns, arena), vectorMemory(memory.buffer));
  }
  writer.close();
  return Buffer.concat(parts);
}

async function readBack(program: string, engine: string): Promise<void> {
  const script = join(import.meta.dirname, "read_back.py");
  const { code, stdout, stderr } = await run(program, [script, engine, folder], { capture: true });
  if (code !== 0) process.stderr.write(stderr);
  const answers = stdout.split("\n").filter((line) => line.startsWith("{"));
  let files = 0;
  let differences = code === 0 ? 0 : 1;
  let note = "";
  for (const line of answers) {
    const answer = JSON.parse(line) as Answer;
    if (answer.pushedAggregates !== undefined) note = `, ${answer.pushedAggregates} answers from statistics alone`;
    const table = answer.file === undefined ? undefined : tables.get(answer.file);
    if (table === undefined) continue;
    files++;
    for (const difference of compareAnswer(table, answer, engine === "arrow" ? [] : conditions)) {
      differences++;
      process.stdout.write(`${engine} ${answer.file}: ${difference}\n`);
    }
  }
  process.stdout.write(`${files} files read by ${engine}${note}, ${differences} differences\n`);
  if (differences > 0 || files * 2 < tables.size) process.exitCode = 1;
}
