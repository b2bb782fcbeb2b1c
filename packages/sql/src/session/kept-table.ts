import { structType, type StructType } from "@vonk/columnar/internal";
import type { StorageLevel } from "@vonk/core";
import type { TableStatistics } from "@vonk/dataframe/internal";
import type { CachedContent, CachedTable } from "../source/cached-table.ts";
import { rowByRow, withRelease, type QueryExecution } from "./query-execution.ts";
import type { ExecutionContext } from "../physical/physical-plan.ts";

/** The kept rows of a plan. They are computed when a query first reads them, and again when they were lost or given up. */
export class KeptTable implements CachedTable {
  readonly name = "InMemoryRelation";
  /** Each name once, since columns are found by it. */
  readonly schema: StructType;
  /** As queries know the columns; a join's may have a name twice. */
  readonly names: readonly string[];
  readonly statistics: TableStatistics;
  readonly #execution: QueryExecution;
  readonly #context: ExecutionContext;
  readonly #level: StorageLevel;
  #content: CachedContent;
  #releases: (() => Promise<void>)[];

  /** @param releases what has to happen when `content` is not needed any longer */
  constructor(
    execution: QueryExecution,
    context: ExecutionContext,
    level: StorageLevel,
    content: CachedContent,
    releases: (() => Promise<void>)[],
  ) {
    const { fields } = execution.schema;
    this.names = fields.map((field) => field.name);
    this.schema = structType(fields.map((field, index) => ({ ...field, name: uniqueName(this.names, index) })));
    this.statistics = execution.statistics;
    this.#execution = execution;
    this.#context = context;
    this.#level = level;
    this.#content = persisted(content, level);
    this.#releases = releases;
  }

  get content(): CachedContent {
    return this.#content;
  }

  async goRowByRow(): Promise<void> {
    const releases: (() => Promise<void>)[] = [];
    const content = await this.#execution.content(withRelease(rowByRow(this.#context), releases));
    await this.release();
    this.#content = persisted(content, this.#level);
    this.#releases = releases;
  }

  /** Forgets the rows. */
  async release(): Promise<void> {
    await (this.#content.kind === "rows" ? this.#content.rows : this.#content.records).unpersist();
    for (const release of this.#releases.splice(0)) await release();
  }
}

/** The kept rows of an execution, which are computed when they are first read. */
export async function keepRows(execution: QueryExecution, context: ExecutionContext, level: StorageLevel): Promise<KeptTable> {
  const releases: (() => Promise<void>)[] = [];
  return new KeptTable(execution, context, level, await execution.content(withRelease(context, releases)), releases);
}

function persisted(content: CachedContent, level: StorageLevel): CachedContent {
  if (content.kind === "rows") content.rows.persist(level);
  else content.records.persist(level);
  return content;
}

function uniqueName(names: readonly string[], index: number): string {
  const name = names[index] ?? "";
  return names.indexOf(name) === index ? name : `${name}#${index}`;
}
