import { arrayType, binaryCollation, collatedStringType, mapType, structField, structType, type DataType } from "@vonk/columnar/internal";
import { transformDown, type LogicalPlan } from "@vonk/dataframe/internal";
import { collationOf } from "@vonk/expression/internal";
import { mapEveryExpression } from "./every-expression.ts";

/** A type as written with a collation for its texts that have none of their own. @throws COLLATION_INVALID_NAME */
export function withDefaultCollation(type: DataType, collation: string | undefined): DataType {
  if (collation === undefined) return type;
  collationOf(collation);
  switch (type.kind) {
    case "string":
      return type.collation === binaryCollation && type.isNamed !== true ? collatedStringType(collation) : type;
    case "array":
      return arrayType(withDefaultCollation(type.element, collation), type.containsNull);
    case "map":
      return mapType(withDefaultCollation(type.key, collation), withDefaultCollation(type.value, collation), type.valueContainsNull);
    case "struct":
      return structType(
        type.fields.map((field) =>
          structField(field.name, withDefaultCollation(field.dataType, collation), field.nullable, field.metadata),
        ),
      );
    default:
      return type;
  }
}

/** A view's query whose own texts, constants and casts, are under a collation. */
export function withTextsUnder(plan: LogicalPlan, collation: string | undefined): LogicalPlan {
  if (collation === undefined) return plan;
  return mapEveryExpression(plan, (expression) =>
    transformDown(expression, (node) => {
      if (node.kind !== "literal" && node.kind !== "cast") return node;
      const dataType = withDefaultCollation(node.dataType, collation);
      return dataType === node.dataType ? node : { ...node, dataType };
    }),
  );
}
