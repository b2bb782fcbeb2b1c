import { asNumber, doubleType, longType, type SQLValue } from "@vonk/columnar/internal";
import type { AggregateFunction, AggregateInstance, AggregateState } from "../../function/function-entry.ts";
import { coerceTo, oneOf } from "../../function/signature.ts";
import { aggregate } from "./entry.ts";

type Moments = readonly [count: number, mean: number, m2: number, m3: number, m4: number];

const at = (state: readonly SQLValue[], index: number): number => asNumber(state[index]);

/** Central moments, one value at a time. @see Spark's CentralMomentAgg */
function addValue(state: AggregateState, value: number): void {
  const count = at(state, 0) + 1;
  const delta = value - at(state, 1);
  const deltaN = delta / count;
  const m2 = at(state, 2) + delta * (delta - deltaN);
  const [delta2, deltaN2] = [delta * delta, deltaN * deltaN];
  const m3 = at(state, 3) - 3 * deltaN * m2 + delta * (delta2 - deltaN2);
  const m4 = at(state, 4) - 4 * deltaN * m3 - 6 * deltaN2 * m2 + delta * (delta * delta2 - deltaN * deltaN2);
  [state[0], state[1], state[2], state[3], state[4]] = [count, at(state, 1) + deltaN, m2, m3, m4];
}

function mergeMoments(state: AggregateState, other: AggregateState): void {
  const [n1, n2] = [at(state, 0), at(other, 0)];
  const count = n1 + n2;
  if (n2 === 0) return;
  const delta = at(other, 1) - at(state, 1);
  const deltaN = delta / count;
  const [l2, r2, l3, r3] = [at(state, 2), at(other, 2), at(state, 3), at(other, 3)];
  const m2 = l2 + r2 + delta * deltaN * n1 * n2;
  const m3 = l3 + r3 + deltaN * deltaN * delta * n1 * n2 * (n1 - n2) + 3 * deltaN * (n1 * r2 - n2 * l2);
  const m4 =
    at(state, 4) +
    at(other, 4) +
    deltaN * deltaN * deltaN * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
    deltaN * deltaN * 6 * (n1 * n1 * r2 + n2 * n2 * l2) +
    4 * deltaN * (n1 * r3 - n2 * l3);
  [state[0], state[1], state[2], state[3], state[4]] = [count, at(state, 1) + deltaN * n2, m2, m3, m4];
}

const double = oneOf(doubleType);

function moment(
  name: string,
  doc: string,
  finish: (moments: Moments) => number | null,
  aliases: readonly string[] = [],
): AggregateFunction {
  return aggregate(name, doc, {
    aliases,
    resolve: (args, site) => ({ args: coerceTo([double], args, site).map(() => doubleType), dataType: doubleType, nullable: true }),
    instance: () => ({
      stateTypes: [doubleType, doubleType, doubleType, doubleType, doubleType],
      create: () => [0, 0, 0, 0, 0],
      update: (state, [value = null]) => addValue(state, asNumber(value)),
      merge: mergeMoments,
      finish: (state) => (at(state, 0) === 0 ? null : finish([at(state, 0), at(state, 1), at(state, 2), at(state, 3), at(state, 4)])),
    }),
  });
}

interface Pairs {
  readonly count: number;
  readonly meanY: number;
  readonly meanX: number;
  /** Sums of products of distances from the means. */
  readonly xy: number;
  readonly xx: number;
  readonly yy: number;
}

function addPair(state: AggregateState, y: number, x: number): void {
  const count = at(state, 0) + 1;
  const [dy, dx] = [y - at(state, 1), x - at(state, 2)];
  const [meanY, meanX] = [at(state, 1) + dy / count, at(state, 2) + dx / count];
  [state[0], state[1], state[2], state[3], state[4], state[5]] = [
    count,
    meanY,
    meanX,
    at(state, 3) + dy * (x - meanX),
    at(state, 4) + dx * (x - meanX),
    at(state, 5) + dy * (y - meanY),
  ];
}

function mergePairs(state: AggregateState, other: AggregateState): void {
  const [n1, n2] = [at(state, 0), at(other, 0)];
  const count = n1 + n2;
  if (n2 === 0) return;
  const [dy, dx] = [at(other, 1) - at(state, 1), at(other, 2) - at(state, 2)];
  const weight = (n1 * n2) / count;
  [state[0], state[1], state[2], state[3], state[4], state[5]] = [
    count,
    at(state, 1) + (dy * n2) / count,
    at(state, 2) + (dx * n2) / count,
    at(state, 3) + at(other, 3) + dy * dx * weight,
    at(state, 4) + at(other, 4) + dx * dx * weight,
    at(state, 5) + at(other, 5) + dy * dy * weight,
  ];
}

function pairInstance(finish: (pairs: Pairs) => SQLValue): () => AggregateInstance {
  return () => ({
    stateTypes: [doubleType, doubleType, doubleType, doubleType, doubleType, doubleType],
    create: () => [0, 0, 0, 0, 0, 0],
    update: (state, [y = null, x = null]) => addPair(state, asNumber(y), asNumber(x)),
    merge: mergePairs,
    finish: (state) =>
      finish({ count: at(state, 0), meanY: at(state, 1), meanX: at(state, 2), xy: at(state, 3), xx: at(state, 4), yy: at(state, 5) }),
  });
}

/** Of pairs in which none is null; null when there is no pair. */
function pairs(name: string, doc: string, finish: (pairs: Pairs) => number | null): AggregateFunction {
  return aggregate(name, doc, {
    arity: [2, 2],
    resolve: (args, site) => ({ args: coerceTo([double], args, site).map(() => doubleType), dataType: doubleType, nullable: true }),
    instance: pairInstance((all) => (all.count === 0 ? null : finish(all))),
  });
}

const slope = ({ xy, xx }: Pairs): number | null => (xx === 0 ? null : xy / xx);

/** Statistics of numbers and of pairs of numbers. */
export const momentAggregates: readonly AggregateFunction[] = [
  moment("stddev_samp", "The standard deviation of a sample.", ([n, , m2]) => (n === 1 ? null : Math.sqrt(m2 / (n - 1))), [
    "stddev",
    "std",
  ]),
  moment("stddev_pop", "The standard deviation of all.", ([n, , m2]) => Math.sqrt(m2 / n)),
  moment("var_samp", "The variance of a sample.", ([n, , m2]) => (n === 1 ? null : m2 / (n - 1)), ["variance"]),
  moment("var_pop", "The variance of all.", ([n, , m2]) => m2 / n),
  moment("skewness", "How far to one side the values lean.", ([n, , m2, m3]) =>
    m2 === 0 ? null : (Math.sqrt(n) * m3) / Math.sqrt(m2 * m2 * m2),
  ),
  moment("kurtosis", "How heavy the ends are; 0 for a normal distribution.", ([n, , m2, , m4]) =>
    m2 === 0 ? null : (n * m4) / (m2 * m2) - 3,
  ),
  pairs("covar_pop", "The covariance of all.", ({ count, xy }) => xy / count),
  pairs("covar_samp", "The covariance of a sample.", ({ count, xy }) => (count === 1 ? null : xy / (count - 1))),
  pairs("corr", "The correlation, -1 to 1.", ({ count, xy, xx, yy }) => (count === 1 ? null : xy / Math.sqrt(xx * yy))),
  pairs("regr_avgx", "The mean of the second.", ({ meanX }) => meanX),
  pairs("regr_avgy", "The mean of the first.", ({ meanY }) => meanY),
  pairs("regr_sxx", "The sum of squares of the second.", ({ xx }) => xx),
  pairs("regr_syy", "The sum of squares of the first.", ({ yy }) => yy),
  pairs("regr_sxy", "The sum of products.", ({ xy }) => xy),
  pairs("regr_slope", "The slope of the line that fits best.", slope),
  pairs("regr_intercept", "Where the line that fits best begins.", (all) => {
    const rise = slope(all);
    return rise === null ? null : all.meanY - rise * all.meanX;
  }),
  pairs("regr_r2", "How well the line fits, 0 to 1.", ({ xy, xx, yy }) => (xx === 0 ? null : yy === 0 ? 1 : (xy * xy) / (xx * yy))),
  aggregate("regr_count", "How many pairs there are.", {
    arity: [2, 2],
    resolve: (args, site) => ({ args: coerceTo([double], args, site).map(() => doubleType), dataType: longType, nullable: false }),
    instance: pairInstance(({ count }) => BigInt(count)),
  }),
];
