import { expressionKey } from "@vonk/catalyst/internal";
import type { Expression } from "@vonk/dataframe/internal";
import type { ProbeStep, StageTable } from "../pipeline/stage-plan.ts";
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
export function testsOf({ step, first }: PlacedJoin, joins: readonly PlacedJoin[], tables: ReadonlyMap<PipelineStep, StageTable>): Test[] {
  const tests: Test[] = [];
  for (const other of joins) {
    const table = tables.get(other.step);
    const [key] = other.step.keys;
    if (table === undefined || key === undefined) continue;
    if (mayTest(other.step) && isSelective(table)) {
      // The other side's own key column is equal to the key.
      const keyColumn = other.first + (other.step.build.keys[0] ?? 0);
      const isKey = (each: Expression): boolean =>
        expressionKey(each) === expressionKey(key) ||
        (other.step.joinType === "inner" && each.kind === "boundReference" && each.ordinal === keyColumn);
      for (const output of testedOutputs(step, first, key, isKey)) tests.push({ table, output });
    }
    tests.push(...columnTests(step, other, table));
  }
  return tests;
}

/** Keys that are columns of another table, other than its key: few rows have few values. */
function columnTests(step: JoinStep, other: PlacedJoin, table: StageTable): Test[] {
  if (other.step.joinType !== "inner" || table.rows * rowShareMin > step.build.rows) return [];
  return step.keys.flatMap((key, index): Test[] => {
    const output = step.build.keys[index];
    const column = key.kind === "boundReference" ? key.ordinal - other.first : -1;
    const isOwn = column >= 0 && column < other.step.build.outputs.length && !(table.keys.length === 1 && table.keys[0] === column);
    return isOwn && output !== undefined ? [{ table, column, output }] : [];
  });
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
