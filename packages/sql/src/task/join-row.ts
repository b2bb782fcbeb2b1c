import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import type { Expression, JoinType } from "@vonk/dataframe/internal";
import { compileExpression, keyText, type RowFunction, type SessionValues } from "@vonk/expression/internal";

/** What a join means, however its rows come together. Rows of the result are left columns, then right. */
export interface JoinRule {
  readonly joinType: Exclude<JoinType, "right" | "cross">;
  /** Over left and right columns. */
  readonly condition?: Expression;
  readonly leftWidth: number;
  readonly rightWidth: number;
  /** NOT IN: a null on either side makes the comparison unknown. */
  readonly nullAware: boolean;
  readonly session: SessionValues;
}

/** What NOT IN must know of the whole right side. */
export interface RightFacts {
  readonly isEmpty: boolean;
  readonly hasNullKey: boolean;
}

/** The key of rows whose key has a null, which equals nothing. */
export const nullKey = "";

/** The text of a row's key; equal keys have equal texts, and only {@link nullKey} is empty. */
export function keyOf(keys: readonly RowFunction[], row: SQLRow): string {
  let text = "|";
  for (const key of keys) {
    const value = key(row);
    if (value === null) return nullKey;
    text += `${keyText(value)}|`;
  }
  return text;
}

/** Joins left rows one by one with what is found for them on the right. */
export class RowJoin {
  readonly rule: JoinRule;
  readonly #condition: RowFunction | undefined;
  readonly #facts: RightFacts;
  /** Whether the result has the columns of both sides. */
  readonly givesPairs: boolean;

  constructor(rule: JoinRule, facts: RightFacts) {
    this.rule = rule;
    this.#facts = facts;
    this.#condition = rule.condition === undefined ? undefined : compileExpression(rule.condition, rule.session);
    this.givesPairs = rule.joinType === "inner" || rule.joinType === "left" || rule.joinType === "full";
  }

  /** Puts the pairs of a left row into `out`; whether there was one. `matched` is told of right rows that are part of a pair. */
  addPairs(row: SQLRow, candidates: readonly SQLRow[], out: SQLRow[], matched: Set<SQLRow> | undefined): boolean {
    let found = false;
    for (const right of candidates) {
      const both = this.givesPairs || this.#condition !== undefined ? [...row, ...right] : row;
      if (this.#condition !== undefined && this.#condition(both) !== true) continue;
      found = true;
      if (!this.givesPairs) break;
      matched?.add(right);
      out.push(both);
    }
    return found;
  }

  /** Puts what a left row gives besides its pairs into `out`, once it is known whether it has any. */
  addLeft(key: string, row: SQLRow, found: boolean, out: SQLRow[]): void {
    switch (this.rule.joinType) {
      case "semi":
        if (found) out.push(row);
        return;
      case "anti":
        if (!found && !this.#isUnknown(key)) out.push(row);
        return;
      case "existence":
        out.push([...row, found ? true : this.#isUnknown(key) ? null : false]);
        return;
      case "left":
      case "full":
        if (!found) out.push([...row, ...nulls(this.rule.rightWidth)]);
        return;
      case "inner":
        return;
    }
  }

  /** A right row of a full join without a match. */
  unmatchedRight(right: SQLRow): SQLRow {
    return [...nulls(this.rule.leftWidth), ...right];
  }

  /** Whether NOT IN without a match is unknown: the list has a null, or the value is one and the list is not empty. */
  #isUnknown(key: string): boolean {
    const { isEmpty, hasNullKey } = this.#facts;
    return this.rule.nullAware && !isEmpty && (hasNullKey || key === nullKey);
  }
}

function nulls(width: number): SQLValue[] {
  return Array.from({ length: width }, () => null);
}
