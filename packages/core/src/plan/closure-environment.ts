const environments = new WeakMap<object, Readonly<Record<string, unknown>>>();

/**
 * Names the variables that a function uses from outside itself, instead of having them captured:
 * `rdd.map(withEnv((x) => x * factor, { factor }))`. For runtimes without inspector and values that capture refuses.
 */
export function withEnv<F extends (...args: never[]) => unknown>(func: F, env: Readonly<Record<string, unknown>>): F {
  environments.set(func, env);
  return func;
}

/** The variables that {@link withEnv} gave a function. */
export function closureEnvironment(func: object): Readonly<Record<string, unknown>> | undefined {
  return environments.get(func);
}
