// Where nodes come from
export type { Origin } from "./tree/origin.ts";

// Expressions
export type {
  AggregateCall,
  Alias,
  Attribute,
  BoundReference,
  Call,
  CaseWhen,
  Cast,
  EvalMode,
  Expression,
  ExpressionKind,
  FrameBoundary,
  Lambda,
  LambdaVariable,
  Literal,
  MultiAlias,
  NamedArgument,
  NamedExpression,
  OuterReference,
  Parameter,
  SortOrder,
  SubqueryExpression,
  UnresolvedAttribute,
  UnresolvedExtract,
  UnresolvedFunction,
  UnparsedExpression,
  UnresolvedStar,
  UserFunctionCall,
  WindowExpression,
  WindowFrame,
} from "./expression/expression.ts";
export {
  aggregateCall,
  alias,
  attribute,
  balanced,
  boundReference,
  boundReferences,
  call,
  caseWhen,
  cast,
  conjunction,
  conjuncts,
  falseLiteral,
  integerLiteral,
  isNullable,
  literal,
  longLiteral,
  newExprId,
  sortOrder,
  stringLiteral,
  toAttribute,
  trueLiteral,
  typeOf,
  unresolvedAttribute,
  unresolvedFunction,
} from "./expression/factories.ts";
export type { ScriptBlock, ScriptBranch, ScriptHandler, ScriptStatement } from "./plan/script.ts";
export { chainedValue, operatorChain } from "./expression/operator-chain.ts";
export { childrenOf, collect, exists, mapChildren, transformDown, transformUp, withChildren } from "./expression/traversal.ts";

// Plans
export type { Command, RoutineDefinition, TableDefinition, ViewDefinition } from "./plan/command.ts";
export type {
  Aggregate,
  ColumnDefinition,
  ColumnStatistics,
  CommandPlan,
  CommonTable,
  CTEDefinition,
  CTERelation,
  Deduplicate,
  Distinct,
  Expand,
  Filter,
  Generate,
  Join,
  JoinHint,
  JoinType,
  LateralView,
  Limit,
  LocalRelation,
  LogicalPlan,
  Offset,
  OneRowRelation,
  PlanKind,
  Project,
  RangeRelation,
  Repartition,
  Sample,
  SetOperation,
  SharedDefinition,
  SharedRelation,
  Sort,
  SubqueryAlias,
  TableReference,
  TableRelation,
  TableStatistics,
  Tail,
  Union,
  UnresolvedHaving,
  UnresolvedHint,
  UnresolvedInlineTable,
  UnresolvedPivot,
  UnresolvedRelation,
  UnresolvedTableFunction,
  UnresolvedOperation,
  UnresolvedUnpivot,
  UnresolvedWith,
  Window,
  WindowDefinitions,
  WindowSpecification,
  WithCTE,
} from "./plan/logical-plan.ts";
export { outputOf } from "./plan/plan-output.ts";
export { mapSharedPlans } from "./plan/shared-plans.ts";
export {
  mapPlanChildren,
  mapPlanExpressions,
  planChildren,
  planExists,
  planExpressions,
  transformPlanDown,
  transformPlanUp,
} from "./plan/plan-traversal.ts";

// What DataFrames ask of an engine, and what the analyzer makes of their operations
export { DataFrame } from "./frame/data-frame.ts";
export type { Frame } from "./frame/data-frame.ts";
export { expandOperation } from "./frame/frame-operation.ts";
export { mapOperation } from "./frame/operation-shape.ts";
export type { FrameOperation, ViewSchema } from "./frame/frame-operation.ts";
export type { FromObjects, RowInput } from "./frame/frame-type.ts";
export type { ExplainMode, PersistLevel, QueryEngine, QueryOptions, SaveMode, ViewRequest, WriteRequest } from "./frame/query-engine.ts";
export { Column } from "./column/column.ts";
export { dataTypeOf, expressionOf } from "./column/column.ts";
export { columnOf } from "./column/column-argument.ts";
export { nameParts } from "./column/name-parts.ts";
export {
  aggregateSignatures,
  generatorSignatures,
  registeredNames,
  scalarSignatures,
  windowSignatures,
} from "./function/function-table.ts";
export { externalValue, internalValue, kindOf, shownValue } from "./value/external-value.ts";
export { Decimal } from "./value/decimal.ts";
export { LocalDate } from "./value/local-date.ts";
export { LocalDateTime, LocalTime, Timestamp } from "./value/timestamp.ts";
export { dataFrameErrors } from "./errors.ts";
export { readColumns, readType, type TypeSource } from "./schema/type-grammar.ts";
export { columnsOfText, typeOfText } from "./schema/type-text.ts";

// Where the package is
export { ownFolder } from "./own-folder.ts";
