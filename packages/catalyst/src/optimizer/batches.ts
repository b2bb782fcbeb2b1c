import type { Batch } from "./rule.ts";
import { compareByKey } from "./rule/collation/compare-by-key.ts";
import { foldConstants } from "./rule/expression/fold-constants.ts";
import { extractCommonConditions } from "./rule/filter/extract-common-conditions.ts";
import { pushDownPredicates } from "./rule/filter/push-down-predicates.ts";
import { eliminateOuterJoins } from "./rule/join/eliminate-outer-joins.ts";
import { pushExtraConditions } from "./rule/join/push-extra-conditions.ts";
import { reorderJoins } from "./rule/join/reorder-joins.ts";
import { collapseProjects } from "./rule/project/collapse-projects.ts";
import { pruneColumns } from "./rule/project/prune-columns.ts";
import { removeAliases } from "./rule/project/remove-aliases.ts";
import { rewriteSubqueries } from "./rule/subquery/rewrite-subqueries.ts";

/** The whole order of the optimizer. */
export const batches: readonly Batch[] = [
  // Names are not needed any more, and every later rule would have to look through them.
  { name: "Finish Analysis", strategy: "once", rules: [removeAliases] },
  // Before predicates move: a subquery's condition is where its query wrote it.
  { name: "Subqueries", strategy: "once", rules: [rewriteSubqueries] },
  // After subqueries are joins, which compare texts, and before conditions move to where they decide how a join is computed.
  { name: "Collations", strategy: "once", rules: [compareByKey] },
  {
    name: "Operators",
    strategy: { fixedPoint: 20 },
    rules: [foldConstants, extractCommonConditions, eliminateOuterJoins, pushDownPredicates, collapseProjects],
  },
  // After conditions are at the joins they belong to, and before sizes decide their order.
  { name: "Extra Conditions", strategy: "once", rules: [pushExtraConditions, extractCommonConditions] },
  // After predicates are at the tables, whose size they change.
  { name: "Join Reorder", strategy: "once", rules: [reorderJoins] },
  { name: "Columns", strategy: { fixedPoint: 5 }, rules: [pruneColumns, collapseProjects] },
];
