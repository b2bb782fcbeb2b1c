import type { LogicalPlan, UnresolvedRelation } from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import type { SessionRoutine, SessionVariable } from "./routine.ts";

/** What the analyzer takes from a session. It does no I/O: relations were looked up before. */
export interface AnalysisContext {
  /** The plan behind a name that is no common table: a table, or a view's query, which is analysed in its place. Undefined when there is none. */
  readonly relation: (reference: UnresolvedRelation) => LogicalPlan | undefined;
  readonly settings: AnalysisSettings;
  readonly session: SessionValues;
  /** A function that the session made; undefined when there is none of that name. */
  readonly routine?: (nameParts: readonly string[]) => SessionRoutine | undefined;
  /** A variable of the session; undefined when there is none of that name. */
  readonly variable?: (nameParts: readonly string[]) => SessionVariable | undefined;
}

/** Session settings that change what a query means. */
export interface AnalysisSettings {
  /** `spark.sql.ansi.enabled` */
  readonly ansi: boolean;
  /** `spark.sql.caseSensitive` */
  readonly caseSensitive: boolean;
  /** `spark.sql.groupByOrdinal`, `spark.sql.orderByOrdinal` */
  readonly ordinals: boolean;
  /** `spark.sql.groupByAliases`: GROUP BY may name what is selected. */
  readonly groupByAliases: boolean;
  /** `spark.sql.optimizer.excludedRules` */
  readonly excludedRules?: ReadonlySet<string>;
  /** `spark.sql.timestampType` is TIMESTAMP_NTZ: TIMESTAMP has no time zone. */
  readonly timestampNTZ: boolean;
}

/** Spark's defaults. */
export const defaultSettings: AnalysisSettings = {
  ansi: true,
  caseSensitive: false,
  ordinals: true,
  groupByAliases: true,
  timestampNTZ: false,
};
