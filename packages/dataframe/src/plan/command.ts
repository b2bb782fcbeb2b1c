import type { DataType, StructField, StructType } from "@vonk/columnar/internal";
import type { Expression } from "../expression/expression.ts";
import type { ColumnDefinition, LogicalPlan } from "./logical-plan.ts";
import type { ScriptBlock } from "./script.ts";

/** Statements that change the session or the catalog, or ask about them. */
export type Command =
  | { readonly kind: "explain"; readonly mode: "simple" | "extended" | "codegen" | "cost" | "formatted"; readonly plan: LogicalPlan }
  | { readonly kind: "createView"; readonly view: ViewDefinition }
  | {
      readonly kind: "createTempViewUsing";
      readonly nameParts: readonly string[];
      readonly global: boolean;
      readonly replace: boolean;
      readonly format: string;
      readonly options: Readonly<Record<string, string>>;
      readonly schema?: StructType;
    }
  | { readonly kind: "dropView"; readonly nameParts: readonly string[]; readonly ifExists: boolean }
  | { readonly kind: "createTable"; readonly table: TableDefinition }
  | { readonly kind: "dropTable"; readonly nameParts: readonly string[]; readonly ifExists: boolean; readonly purge: boolean }
  | { readonly kind: "truncateTable"; readonly nameParts: readonly string[] }
  | {
      readonly kind: "insert";
      readonly nameParts: readonly string[];
      readonly columns: readonly string[];
      readonly partition: Readonly<Record<string, Expression | null>>;
      readonly byName: boolean;
      readonly overwrite: boolean;
      readonly ifNotExists: boolean;
      readonly query: LogicalPlan;
    }
  | {
      readonly kind: "insertDirectory";
      readonly path: string;
      readonly format: string;
      readonly options: Readonly<Record<string, string>>;
      readonly query: LogicalPlan;
    }
  | {
      readonly kind: "createNamespace";
      readonly nameParts: readonly string[];
      readonly ifNotExists: boolean;
      readonly comment?: string;
      readonly location?: string;
      /** DEFAULT COLLATION: of the tables and views in it. */
      readonly collation?: string;
      readonly properties: Readonly<Record<string, string>>;
    }
  | { readonly kind: "dropNamespace"; readonly nameParts: readonly string[]; readonly ifExists: boolean; readonly cascade: boolean }
  | { readonly kind: "use"; readonly nameParts: readonly string[] }
  | { readonly kind: "set"; readonly key?: string; readonly value?: string; readonly describe: boolean }
  | { readonly kind: "reset"; readonly key?: string }
  | { readonly kind: "setTimeZone"; readonly zone: string | Expression }
  | { readonly kind: "showTables"; readonly namespace: readonly string[]; readonly pattern?: string }
  | { readonly kind: "showViews"; readonly namespace: readonly string[]; readonly pattern?: string }
  | { readonly kind: "showNamespaces"; readonly pattern?: string }
  | { readonly kind: "showColumns"; readonly nameParts: readonly string[] }
  | { readonly kind: "showFunctions"; readonly scope: "all" | "system" | "user"; readonly pattern?: string }
  | { readonly kind: "describeTable"; readonly nameParts: readonly string[]; readonly extended: boolean }
  | { readonly kind: "describeQuery"; readonly query: LogicalPlan }
  | { readonly kind: "describeFunction"; readonly name: readonly string[]; readonly extended: boolean }
  | {
      readonly kind: "cacheTable";
      readonly nameParts: readonly string[];
      readonly lazy: boolean;
      readonly query?: LogicalPlan;
      readonly options: Readonly<Record<string, string>>;
    }
  | { readonly kind: "uncacheTable"; readonly nameParts: readonly string[]; readonly ifExists: boolean }
  | { readonly kind: "clearCache" }
  | { readonly kind: "refreshTable"; readonly nameParts: readonly string[] }
  | { readonly kind: "createFunction"; readonly routine: RoutineDefinition }
  | { readonly kind: "dropFunction"; readonly nameParts: readonly string[]; readonly temporary: boolean; readonly ifExists: boolean }
  | {
      readonly kind: "declareVariable";
      readonly names: readonly (readonly string[])[];
      readonly replace: boolean;
      readonly dataType?: DataType;
      readonly value?: Expression;
      readonly valueText: string;
    }
  | { readonly kind: "setVariable"; readonly names: readonly (readonly string[])[]; readonly value: Expression | LogicalPlan | "default" }
  | { readonly kind: "dropVariable"; readonly nameParts: readonly string[]; readonly ifExists: boolean }
  | {
      readonly kind: "executeImmediate";
      readonly text: Expression;
      readonly into: readonly (readonly string[])[];
      readonly using: readonly { readonly value: Expression; readonly name?: string }[];
    }
  | { readonly kind: "showTableProperties"; readonly nameParts: readonly string[]; readonly key?: string }
  | { readonly kind: "showCurrentNamespace" }
  | { readonly kind: "setProperties"; readonly nameParts: readonly string[]; readonly properties: Readonly<Record<string, string | null>> }
  | { readonly kind: "commentOn"; readonly what: "table" | "namespace"; readonly nameParts: readonly string[]; readonly comment: string }
  | { readonly kind: "addColumns"; readonly nameParts: readonly string[]; readonly columns: readonly ColumnDefinition[] }
  | { readonly kind: "alterViewQuery"; readonly nameParts: readonly string[]; readonly text: string; readonly query: LogicalPlan }
  | {
      readonly kind: "alterViewSchema";
      readonly nameParts: readonly string[];
      readonly schemaMode: Exclude<ViewDefinition["schemaMode"], undefined>;
    }
  | { readonly kind: "rename"; readonly what: "TABLE" | "VIEW"; readonly nameParts: readonly string[]; readonly to: readonly string[] }
  | {
      readonly kind: "alterColumn";
      readonly nameParts: readonly string[];
      readonly column: string;
      readonly comment?: string;
      readonly dataType?: DataType;
      readonly newName?: string;
    }
  | {
      readonly kind: "refusedChange";
      readonly nameParts: readonly string[];
      /** As Spark names it. */
      readonly operation: string;
    }
  | { readonly kind: "showCreateTable"; readonly nameParts: readonly string[] }
  | { readonly kind: "showTableExtended"; readonly namespace: readonly string[]; readonly pattern: string }
  | { readonly kind: "describeColumn"; readonly nameParts: readonly string[]; readonly column: string; readonly extended: boolean }
  | { readonly kind: "describeNamespace"; readonly nameParts: readonly string[]; readonly extended: boolean }
  | { readonly kind: "script"; readonly block: ScriptBlock }
  | {
      readonly kind: "changeRows";
      /** As Spark names it, where it is refused. */
      readonly operation: "DELETE" | "UPDATE TABLE" | "MERGE INTO TABLE";
      readonly nameParts: readonly string[];
    }
  | { readonly kind: "nothing"; readonly nameParts: readonly string[] }
  | { readonly kind: "unsupported"; readonly text: string; readonly what: string };

/** CREATE FUNCTION with a body in SQL; without `returns` the body's type is that of the result. */
export interface RoutineDefinition {
  readonly nameParts: readonly string[];
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly replace: boolean;
  readonly parameters: readonly { readonly name: string; readonly dataType: DataType; readonly otherwise?: Expression }[];
  readonly returns?: DataType | readonly StructField[] | "table";
  /** Absent when the function is a class of another language. */
  readonly body?: Expression | LogicalPlan;
}

/** `text` is the query as it was written: a view is resolved anew each time it is used. */
export interface ViewDefinition {
  readonly nameParts: readonly string[];
  readonly scope: "temporary" | "globalTemporary" | "persistent";
  readonly columns: readonly { readonly name: string; readonly comment?: string }[];
  /** WITH SCHEMA …: what becomes of the view when its tables change. */
  readonly schemaMode?: "binding" | "compensation" | "type evolution" | "evolution";
  readonly comment?: string;
  /** DEFAULT COLLATION: of the texts that its query makes. */
  readonly collation?: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly ifNotExists: boolean;
  readonly replace: boolean;
  readonly text: string;
  readonly query: LogicalPlan;
}

/** CREATE TABLE, with a query when it is CREATE TABLE AS SELECT. */
export interface TableDefinition {
  readonly nameParts: readonly string[];
  readonly columns: readonly ColumnDefinition[];
  readonly format?: string;
  readonly partitionBy: readonly Expression[];
  readonly options: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, string>>;
  readonly comment?: string;
  /** DEFAULT COLLATION: of columns that have none of their own. */
  readonly collation?: string;
  readonly location?: string;
  readonly external: boolean;
  readonly ifNotExists: boolean;
  readonly replace: boolean;
  readonly query?: LogicalPlan;
}
