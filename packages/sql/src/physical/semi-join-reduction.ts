import { expressionKey } from "@vonk/catalyst/internal";
import { boundReference, type Expression } from "@vonk/dataframe/internal";
import type { ProbeStep, StageStep, StageTable } from "../pipeline/stage-plan.ts";
import { isSelective } from "./key-share.ts";
import type { BuildSide, JoinStep, Pipeline, PipelineStep } from "./pipeline.ts";

/*
 * Tables of joins tell what the others need: a row of a build side that no row of the result can come from is left out before it is read further,
 * grouped or entered. After Yannakakis, "Algorithms for Acyclic Database Schemes" (1981), in one direction, as far as tables are there.
 */

/** A join of a pipeline, and the position of the first column that it adds. */
export interface PlacedJoin {
  readonly step: JoinStep;
  readonly first: number;
}

/** How many times more rows a side has before another table's column is made a test for it: that is a task of its own, a millisecond or two. */
const rowShareMin = 4;

/** How many columns a pipeline has before its first join. */
export function sourceWidth({ steps, columns }: Pipeline): number {
  return columns.length - steps.reduce((width, step) => width + added(step), 0);
}

function added(step: PipelineStep): number {
  return step.kind === "join" && (step.joinType === "inner" || step.joinType === "left") ? step.build.outputs.length : 0;
}

/** The joins of a pipeline. */
export function joinsOf(pipeline: Pipeline): PlacedJoin[] {
  let first = sourceWidth(pipeline);
  return pipeline.steps.flatMap((step) => {
    const join = step.kind === "join" ? [{ step, first }] : [];
    first += added(step);
    return join;
  });
}

/** Which columns of a table are a test for an output of a build side. */
export interface Test {
  readonly table: StageTable;
  /** The column when it is not the table's key: then there is no test yet, but one can be made of it. */
  readonly column?: number;
  readonly output: number;
}

/** What tables that are there say of the rows of a build side that can matter. */
export function testsOf(join: PlacedJoin, joins: readonly PlacedJoin[], tables: ReadonlyMap<PipelineStep, StageTable>): Test[] {
  const tests: Test[] = [];
  for (const other of joins) {
    const table = tables.get(other.step);
    if (table === undefined) continue;
    if (isSelective(table)) for (const output of keyOutputs(join, other)) tests.push({ table, output });
    if (table.rows * rowShareMin <= join.step.build.rows)
      for (const { column, output } of columnOutputs(join, other)) tests.push({ table, column, output });
  }
  return tests;
}

/**
 * The joins in the order in which their tables are built, from the smallest on, since what is known of those that are there leaves rows of others out.
 * Those that say nothing of each other are built at the same time.
 */
export function inWaves(joins: readonly PlacedJoin[]): PlacedJoin[][] {
  const waves: PlacedJoin[][] = [];
  for (const join of joins.toSorted((a, b) => a.step.build.rows - b.step.build.rows)) {
    const last = waves.at(-1);
    const waits = last?.some((other) => keyOutputs(join, other).length > 0 || columnOutputs(join, other).length > 0) ?? true;
    if (waits) waves.push([join]);
    else last?.push(join);
  }
  return waves;
}

/** Outputs of a join's build side that must be among the keys of another's. */
function keyOutputs({ step, first }: PlacedJoin, other: PlacedJoin): number[] {
  const [key] = other.step.keys;
  if (key === undefined || !mayTest(other.step)) return [];
  // The other side's own key column is equal to the key.
  const keyColumn = other.first + (other.step.build.keys[0] ?? 0);
  const isKey = (each: Expression): boolean =>
    expressionKey(each) === expressionKey(key) ||
    (other.step.joinType === "inner" && each.kind === "boundReference" && each.ordinal === keyColumn);
  return testedOutputs(step, first, key, isKey);
}

/** Outputs that must be among the values of a column of another build side, other than its key: few rows have few values. */
function columnOutputs({ step }: PlacedJoin, other: PlacedJoin): { readonly column: number; readonly output: number }[] {
  if (other.step.joinType !== "inner") return [];
  const { outputs, keys } = other.step.build;
  return step.keys.flatMap((key, index) => {
    const output = step.build.keys[index];
    const column = key.kind === "boundReference" ? key.ordinal - other.first : -1;
    const isOwn = column >= 0 && column < outputs.length && !(keys.length === 1 && keys[0] === column);
    return isOwn && output !== undefined ? [{ column, output }] : [];
  });
}

/**
 * What the tables that groups go to say of them: which groupings must be among the keys of a table, or among the values of a column of it. Rows of other
 * groups need not be put into groups (TPC-H Q17, whose averages are wanted for a few hundred parts).
 */
export function sourceTests({ source }: Pipeline, steps: readonly StageStep[]): Test[] {
  if (source.kind !== "groups") return [];
  const tests: Test[] = [];
  for (const step of steps) {
    if (step.kind !== "probe" || step.joinType === "left" || step.joinType === "anti" || step.nullAware) continue;
    const { keys, table } = step;
    const place = keys.findIndex((key) => key.kind === "boundReference" && key.ordinal < source.groupings.length);
    const key = keys[place];
    const column = table.keys[place];
    if (key?.kind !== "boundReference" || column === undefined) continue;
    if (keys.length === 1 && isSelective(table)) tests.push({ table, output: key.ordinal });
    else if (keys.length > 1 && table.rows * rowShareMin <= rowsOfSource(source.child)) tests.push({ table, column, output: key.ordinal });
  }
  return tests;
}

function rowsOfSource({ source }: Pipeline): number {
  switch (source.kind) {
    case "table":
    case "kept":
      return source.rows;
    case "groups":
      return rowsOfSource(source.child);
    case "marked":
      return source.build.rows;
  }
}

/** The pipeline whose groups are only those that pass tests of {@link sourceTests}. */
export function withSourceTests(pipeline: Pipeline, tests: readonly Test[]): Pipeline {
  return tests.reduce((made, { table, output }) => {
    const column = pipeline.columns[output];
    return column === undefined ? made : withTest(made, boundReference(output, column), table);
  }, pipeline);
}

/** The build side of a join without rows that tests turn away. */
export function reduced(build: BuildSide, tests: readonly Test[]): BuildSide {
  return tests.reduce((side, { table, output }) => {
    const expression = side.outputs[output];
    return expression === undefined ? side : { ...side, pipeline: withTest(side.pipeline, expression, table) };
  }, build);
}

/** Rows without a match in the table do not reach the result: only then others may be left out for it. */
function mayTest({ joinType, keys, nullAware }: JoinStep): boolean {
  return (joinType === "inner" || joinType === "semi") && keys.length === 1 && !nullAware;
}

/** Which outputs of a build side must be in a table whose key, over the stream's columns, is given: a column that the side adds, or an equal key. */
function testedOutputs(step: JoinStep, first: number, key: Expression, isKey: (each: Expression) => boolean): number[] {
  const found = new Set<number>();
  const own = step.joinType === "inner" || step.joinType === "left" ? step.build.outputs.length : 0;
  if (key.kind === "boundReference" && key.ordinal >= first && key.ordinal < first + own) found.add(key.ordinal - first);
  for (const [index, each] of step.keys.entries()) {
    const output = step.build.keys[index];
    if (output !== undefined && isKey(each)) found.add(output);
  }
  return [...found];
}

/** A pipeline that keeps the rows whose value of an expression is in a table; the test goes as far down as the value comes from. */
function withTest(pipeline: Pipeline, expression: Expression, table: StageTable): Pipeline {
  const { source } = pipeline;
  if (expression.kind === "boundReference" && expression.ordinal < sourceWidth(pipeline)) {
    if (source.kind === "groups") {
      const grouping = source.groupings[expression.ordinal];
      if (grouping !== undefined) return { ...pipeline, source: { ...source, child: withTest(source.child, grouping, table) } };
    }
    if (source.kind === "marked") {
      const output = source.build.outputs[expression.ordinal];
      if (output !== undefined) {
        const build = { ...source.build, pipeline: withTest(source.build.pipeline, output, table) };
        return { ...pipeline, source: { ...source, build } };
      }
    }
  }
  const test: ProbeStep = { kind: "probe", table, keys: [expression], joinType: "semi", nullAware: false };
  return { ...pipeline, steps: [...pipeline.steps, test] };
}
