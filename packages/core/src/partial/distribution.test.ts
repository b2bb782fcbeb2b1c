import { describe, expect, it } from "vitest";
import { betaI, gammaP, logGamma, normalQuantile, pascalQuantile, poissonQuantile, studentQuantile } from "./distribution.ts";

describe("special functions", () => {
  it.each([
    [0.5, 0.5 * Math.log(Math.PI)],
    [1, 0],
    [5, Math.log(24)],
    [101, 363.739375555563],
  ])("ln Γ(%d)", (x, expected) => expect(logGamma(x)).toBeCloseTo(expected, 10));

  it("P(a, x) and I_x(a, b) at values with a closed form", () => {
    expect(gammaP(1, 2)).toBeCloseTo(1 - Math.exp(-2), 13);
    expect(gammaP(1, 0.5)).toBeCloseTo(1 - Math.exp(-0.5), 13);
    expect(gammaP(3, 0)).toBe(0);
    expect(betaI(0.3, 1, 1)).toBeCloseTo(0.3, 13);
    expect(betaI(0.9, 2, 2)).toBeCloseTo(0.972, 13);
    expect([betaI(0, 2, 3), betaI(1, 2, 3)]).toEqual([0, 1]);
  });
});

describe("quantiles, as tables have them", () => {
  it.each([
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489004],
    [0.025, -1.959963984540054],
  ])("normal %d", (p, expected) => expect(normalQuantile(p)).toBeCloseTo(expected, 9));

  it.each([
    [0.975, 1, 12.706204736432095],
    [0.95, 5, 2.015048372669157],
    [0.975, 10, 2.2281388519649385],
    [0.975, 99, 1.9842169515086827],
    [0.025, 10, -2.2281388519649385],
  ])("Student %d with %d degrees", (p, degrees, expected) => expect(studentQuantile(p, degrees)).toBeCloseTo(expected, 8));

  it("at the ends", () => {
    expect([normalQuantile(0), normalQuantile(1), poissonQuantile(0, 3), poissonQuantile(1, 3)]).toEqual([
      -Infinity,
      Infinity,
      0,
      Infinity,
    ]);
  });

  // Found by adding up the probabilities.
  it.each([
    [0.5, [0, 0, 2]],
    [10, [4, 10, 17]],
    [1000, [938, 1000, 1062]],
    [20_000, [19_723, 20_000, 20_278]],
  ] as const)("Poisson of mean %d", (mean, expected) => {
    expect([0.025, 0.5, 0.975].map((p) => poissonQuantile(p, mean))).toEqual(expected);
  });

  it("Poisson of a mean that nobody adds up to", () => {
    expect(poissonQuantile(0.975, 1e12)).toBeCloseTo(1e12 + 1_959_964, -1);
  });

  it.each([
    [1, 0.1, [0, 6, 35]],
    [5, 0.4, [1, 7, 18]],
    [100, 0.25, [235, 299, 371]],
    [10_000, 0.9, [1043, 1111, 1181]],
    [10_000, 0.02, [480_346, 489_984, 499_748]],
  ] as const)("Pascal of %d successes with chance %d", (successes, chance, expected) => {
    expect([0.025, 0.5, 0.975].map((p) => pascalQuantile(p, successes, chance))).toEqual(expected);
  });
});
