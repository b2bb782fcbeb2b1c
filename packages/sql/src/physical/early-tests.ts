import { columnsOf } from "../pipeline/expression-columns.ts";
import type { ProbeStep, StageStep } from "../pipeline/stage-plan.ts";
import { isSelective, keyShare } from "./key-share.ts";

/**
 * The steps with tests before the first probe: whether a row of the source has any match in the tables of later ones. Bits by key cost a nanosecond,
 * and what most rows fail should come first, whatever the order of the joins. The tables are there, so how many rows have a match is hardly a guess:
 * see {@link keyShare}.
 */
export function withEarlyTests(steps: readonly StageStep[], sourceColumns: number): readonly StageStep[] {
  const first = steps.findIndex((step) => step.kind === "probe");
  const probes = steps.filter((step) => step.kind === "probe");
  const tests = probes.filter((step) => isTest(step, sourceColumns)).toSorted((a, b) => keyShare(a.table) - keyShare(b.table));
  // The first probe is its own test when no other is better.
  const needed = tests[0] === probes[0] ? tests.slice(1) : tests;
  const [own] = probes;
  if (needed.length === 0 || own === undefined) return steps;
  const early = tests[0] === own ? [own, ...needed] : needed;
  return [...steps.slice(0, first), ...early.map(existence), ...steps.slice(first)];
}

function existence({ table, keys }: ProbeStep): ProbeStep {
  return { kind: "probe", table, keys, joinType: "semi", nullAware: false };
}

function isTest({ joinType, table, keys }: ProbeStep, sourceColumns: number): boolean {
  if ((joinType !== "inner" && joinType !== "semi" && joinType !== "mark") || !isSelective(table)) return false;
  return columnsOf(keys).every((ordinal) => ordinal < sourceColumns);
}
