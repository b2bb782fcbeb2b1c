/** Steps of a series or continued fraction at most. */
const stepsMax = 200_000;
const tiny = 1e-300;
const epsilon = 1e-15;
/** Above this mean a Poisson distribution is as good as normal. */
const poissonMeanMax = 1e9;

/** ln Γ(x) for x > 0, to about 15 digits. @see Lanczos (1964), with Godfrey's coefficients for g = 607/128 */
export function logGamma(x: number): number {
  let series = 0.999_999_999_999_997_1;
  lanczos.forEach((coefficient, index) => (series += coefficient / (x + index + 1)));
  const shifted = x + 607 / 128 + 0.5;
  return (x + 0.5) * Math.log(shifted) - shifted + Math.log((Math.sqrt(2 * Math.PI) * series) / x);
}

const lanczos = [
  57.156_235_665_862_92, -59.597_960_355_475_49, 14.136_097_974_741_746, -0.491_913_816_097_620_2, 3.399_464_998_481_189e-5,
  4.652_362_892_704_858e-5, -9.837_447_530_487_956e-5, 1.580_887_032_249_124_9e-4, -2.102_644_417_241_048_8e-4, 2.174_396_181_152_126e-4,
  -1.643_181_065_367_639e-4, 8.441_822_398_385_275e-5, -2.619_083_840_158_141e-5, 3.689_918_265_953_162_5e-6,
];

/** The regularised lower incomplete gamma function P(a, x). @see Numerical Recipes §6.2 */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  const scale = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x >= a + 1) return 1 - scale * gammaFraction(a, x);
  let term = 1 / a;
  let sum = term;
  for (let step = 1; step < stepsMax && Math.abs(term) > Math.abs(sum) * epsilon; step++) {
    term *= x / (a + step);
    sum += term;
  }
  return sum * scale;
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let result = d;
  for (let step = 1; step < stepsMax; step++) {
    const an = -step * (step - a);
    b += 2;
    d = 1 / notZero(an * d + b);
    c = notZero(b + an / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < epsilon) break;
  }
  return result;
}

/** The regularised incomplete beta function I_x(a, b). @see Numerical Recipes §6.4 */
export function betaI(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const scale = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (scale * betaFraction(x, a, b)) / a : 1 - (scale * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let step = 1; step < stepsMax; step++) {
    const even = (step * (b - step) * x) / ((a + 2 * step - 1) * (a + 2 * step));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + step) * (a + b + step) * x) / ((a + 2 * step) * (a + 2 * step + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < epsilon) break;
  }
  return result;
}

function notZero(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** The value below which a standard normal variable lies with probability `p`. */
export function normalQuantile(p: number): number {
  // P(1/2, z²/2) is the probability of lying within ±z.
  return symmetricQuantile(p, (z) => gammaP(0.5, (z * z) / 2));
}

/** The value below which Student's t with that many degrees of freedom lies with probability `p`. */
export function studentQuantile(p: number, degrees: number): number {
  return symmetricQuantile(p, (t) => 1 - betaI(degrees / (degrees + t * t), degrees / 2, 0.5));
}

/** @param within the probability of lying within ±x */
function symmetricQuantile(p: number, within: (x: number) => number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p < 0.5) return -symmetricQuantile(1 - p, within);
  const wanted = 2 * p - 1;
  let high = 1;
  while (within(high) < wanted && high < 1e12) high *= 2;
  let low = 0;
  for (let step = 0; step < 200 && high - low > high * 1e-15; step++) {
    const middle = (low + high) / 2;
    if (within(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The least count of which a Poisson variable is no more with probability `p`. */
export function poissonQuantile(p: number, mean: number): number {
  if (mean > poissonMeanMax) return Math.max(0, Math.round(mean + normalQuantile(p) * Math.sqrt(mean)));
  return leastCount(p, mean, Math.sqrt(mean), (count) => 1 - gammaP(count + 1, mean));
}

/**
 * The least count k so that with probability `p` no more than k failures come before `successes` successes, each of probability `chance`:
 * the negative binomial distribution, Pascal's.
 */
export function pascalQuantile(p: number, successes: number, chance: number): number {
  const mean = (successes * (1 - chance)) / chance;
  return leastCount(p, mean, Math.sqrt(mean / chance), (count) => betaI(chance, successes, count + 1));
}

function leastCount(p: number, mean: number, deviation: number, atMost: (count: number) => number): number {
  if (p <= 0) return 0;
  if (p >= 1) return Infinity;
  let low = -1;
  let high = Math.ceil(mean + 3 * deviation) + 1;
  while (atMost(high) < p) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (atMost(middle) < p) low = middle;
    else high = middle;
  }
  return high;
}
