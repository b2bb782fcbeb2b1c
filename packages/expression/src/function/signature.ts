import { binaryCollation, isNumeric, sameType, sqlType, stringType, voidType, type DataType } from "@vonk/columnar/internal";
import { implicitlyCasts } from "../coercion/wider-type.ts";
import { expressionErrors } from "../errors.ts";
import type { Argument, Resolution, ResolutionSite } from "./function-entry.ts";

/** What a function asks of one argument: accepted as they are, and what others are cast to. */
export interface Parameter {
  readonly accepts: (type: DataType) => boolean;
  /** Tried in this order for a type that is not accepted. */
  readonly casts: readonly DataType[];
  /** How errors name it. */
  readonly name: string;
  /** What is no argument though it has the kind. */
  readonly refuses?: (type: DataType) => boolean;
  /** What else is cast, beyond what Spark casts by itself everywhere. */
  readonly becomes?: (type: DataType) => DataType | undefined;
}

/** A parameter of one type; others that Spark converts by itself are cast. */
export function exactly(type: DataType): Parameter {
  return { accepts: (actual) => sameType(actual, type, { ignoreNullability: true }), casts: [type], name: `"${sqlType(type)}"` };
}

/** One of several types; others are cast to the first that they convert to. */
export function oneOf(...types: readonly DataType[]): Parameter {
  return {
    accepts: (actual) => types.some((type) => type.kind === actual.kind),
    casts: types,
    name: types.length === 1 ? `"${sqlType(types[0] ?? voidType)}"` : `(${types.map((type) => `"${sqlType(type)}"`).join(" or ")})`,
  };
}

/** Text under any collation. */
export const text: Parameter = { accepts: (type) => type.kind === "string", casts: [stringType], name: '"STRING"' };

/** Text under any collation but those that heed case and not accents. */
export const searchedText: Parameter = {
  ...text,
  refuses: (type) => type.kind === "string" && /_AI\b|_AI_/.test(type.collation) && !type.collation.includes("_CI"),
};

/** A parameter of any type. */
export const anything: Parameter = { accepts: () => true, casts: [], name: '"ANY"' };

/** Whatever has the kind; nothing is cast to it but NULL. */
export function ofKind(name: string, ...kinds: readonly DataType["kind"][]): Parameter {
  return { accepts: (type) => kinds.includes(type.kind), casts: [], name: `"${name}"` };
}

/** A parameter of any number; others are cast to the first that they convert to. */
export function numeric(...casts: readonly DataType[]): Parameter {
  return { accepts: isNumeric, casts, name: '"NUMERIC"' };
}

/**
 * The types that arguments are cast to so that they fit their parameters. The last parameter stands for all further arguments.
 * @throws EngineError DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE
 */
export function coerceTo(parameters: readonly Parameter[], args: readonly Argument[], site: ResolutionSite): DataType[] {
  return args.map((argument, index) => {
    const parameter = parameters[Math.min(index, parameters.length - 1)] ?? anything;
    const actual = argument.dataType;
    const refused = parameter.refuses?.(actual) === true;
    if (parameter.accepts(actual) && !refused) return actual;
    const target = refused
      ? undefined
      : (parameter.becomes?.(actual) ?? parameter.casts.find((type) => implicitlyCasts(actual, type, site)));
    if (target !== undefined) return target.kind === "string" && actual.kind === "string" ? actual : target;
    if (actual.kind === "void") return actual;
    throw expressionErrors.create("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {
      sqlExpr: callText(site.name, args),
      paramIndex: ordinal(index + 1),
      requiredType: parameter.name,
      inputSql: `"${argument.sql}"`,
      inputType: `"${sqlType(actual)}"`,
    });
  });
}

/** A function of fixed parameters and result type. */
export function signature(
  parameters: readonly Parameter[],
  dataType: DataType | ((args: readonly DataType[]) => DataType),
  nullable?: boolean,
): (args: readonly Argument[], site: ResolutionSite) => Resolution {
  return (args, site) => {
    const types = coerceTo(parameters, args, site);
    return {
      args: types,
      dataType: typeof dataType === "function" ? dataType(types) : dataType,
      ...(nullable === undefined ? {} : { nullable }),
    };
  };
}

/** How a call that does not resolve is shown. */
export function callText(name: string, args: readonly Argument[]): string {
  return `"${name}(${args.map((argument) => argument.sql).join(", ")})"`;
}

const ordinals = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/** `first`, `second`, … as errors name parameters. */
export function ordinal(position: number): string {
  return ordinals[position] ?? `${position}th`;
}

/** The type of a result that is made of texts: the first one's, before it one that is not by bytes. */
export function textTypeOf(types: readonly DataType[]): DataType {
  const texts = types.filter((type) => type.kind === "string");
  return texts.find((type) => type.collation !== binaryCollation) ?? texts[0] ?? stringType;
}
