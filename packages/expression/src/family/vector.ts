import { arrayType, asList, asNumber, floatType, type SQLValue } from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";
import { family } from "../function/family.ts";
import type { Argument, ResolutionSite, ScalarFunction } from "../function/function-entry.ts";
import { refuse } from "./collection/element-type.ts";

const vectors = family("vector");
const vectorType = arrayType(floatType);

/** Only ARRAY<FLOAT>: nothing is cast to it. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function checkVectors(args: readonly Argument[], count: number, site: ResolutionSite): void {
  for (let index = 0; index < count; index++) {
    const type = args[index]?.dataType;
    if (type?.kind !== "array" || type.element.kind !== "float") refuse(args, index, '"ARRAY<FLOAT>"', site);
  }
}

/** Of two vectors of one length without nulls. @throws VECTOR_DIMENSION_MISMATCH */
function ofTwo(name: string, doc: string, compute: (a: readonly number[], b: readonly number[]) => number | null): ScalarFunction {
  return vectors(
    name,
    doc,
    [],
    floatType,
    () =>
      (a = null, b = null) => {
        const [left, right] = [asList(a), asList(b)];
        if (left.length !== right.length) {
          throw expressionErrors.create("VECTOR_DIMENSION_MISMATCH", {
            functionName: `\`${name}\``,
            leftDim: left.length,
            rightDim: right.length,
          });
        }
        if (left.includes(null) || right.includes(null)) return null;
        const value = compute(left.map(asNumber), right.map(asNumber));
        return value === null ? null : Math.fround(value);
      },
    {
      arity: [2, 2],
      resolve: (args, site) => {
        checkVectors(args, 2, site);
        return { args: [vectorType, vectorType], dataType: floatType, nullable: true };
      },
    },
  );
}

function inner(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, index) => sum + x * (b[index] ?? 0), 0);
}

/** The length of a vector: by the sum of sizes, of squares, or the greatest size. */
function norm(values: readonly number[], degree: number): number {
  if (degree === 1) return values.reduce((sum, x) => sum + Math.abs(x), 0);
  if (degree === Infinity) return Math.max(0, ...values.map(Math.abs));
  return Math.sqrt(inner(values, values));
}

function ofOne(
  name: string,
  doc: string,
  result: typeof floatType | typeof vectorType,
  compute: (values: readonly number[], degree: number) => SQLValue,
): ScalarFunction {
  return vectors(
    name,
    doc,
    [],
    result,
    () =>
      (vector = null, degree = 2) => {
        const values = asList(vector);
        return values.includes(null) ? null : compute(values.map(asNumber), asNumber(degree));
      },
    {
      arity: [1, 2],
      resolve: (args, site) => {
        checkVectors(args, 1, site);
        return { args: [vectorType, ...args.slice(1).map(() => floatType)], dataType: result, nullable: true };
      },
      sql: (args) => `${name}(${[...args, ...["2.0"].slice(args.length - 1)].join(", ")})`,
    },
  );
}

/** Functions of vectors, which are arrays of FLOAT. */
export const vectorFunctions: readonly ScalarFunction[] = [
  ofTwo("vector_inner_product", "The sum of the products.", inner),
  ofTwo("vector_l2_distance", "The distance between two points.", (a, b) =>
    Math.sqrt(a.reduce((sum, x, index) => sum + (x - (b[index] ?? 0)) ** 2, 0)),
  ),
  ofTwo("vector_cosine_similarity", "The cosine of the angle; null for a vector without length.", (a, b) => {
    const lengths = Math.sqrt(inner(a, a) * inner(b, b));
    return lengths === 0 ? null : inner(a, b) / lengths;
  }),
  ofOne("vector_norm", "The length of a vector.", floatType, (values, degree) => Math.fround(norm(values, degree))),
  ofOne("vector_normalize", "The vector of the same direction and the length 1.", vectorType, (values, degree) => {
    const length = norm(values, degree);
    return length === 0 ? null : values.map((x) => Math.fround(x / length));
  }),
];
