import { arrayType, floatType } from "@vonk/columnar/internal";
import { literal, type Expression } from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
import { evaluateCall } from "../testing/call-by-name.ts";

const vector = (...values: (number | null)[]): Expression => literal(values, arrayType(floatType));

test("vectors", () => {
  expect(evaluateCall("vector_inner_product", [vector(1, 2, 3), vector(4, 5, 6)])).toBe(32);
  expect(evaluateCall("vector_l2_distance", [vector(0, 0), vector(3, 4)])).toBe(5);
  expect(evaluateCall("vector_cosine_similarity", [vector(1, 0), vector(-1, 0)])).toBe(-1);
  expect(evaluateCall("vector_cosine_similarity", [vector(0, 0), vector(1, 0)])).toBeNull();
  expect(evaluateCall("vector_inner_product", [vector(1, null), vector(1, 2)])).toBeNull();
  expect(evaluateCall("vector_normalize", [vector(3, 4)])).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  expect(evaluateCall("vector_norm", [vector(3, -4), 1.0])).toBe(7);
});

test("vectors of different lengths, or of other types", () => {
  expect(() => evaluateCall("vector_inner_product", [vector(1), vector(1, 2)])).toThrow("VECTOR_DIMENSION_MISMATCH");
  expect(() => evaluateCall("vector_norm", [literal([1], arrayType({ kind: "double" }))])).toThrow(
    "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
  );
});
