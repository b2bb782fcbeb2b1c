/** The function whose arguments are an operand and, as lambdas, the binary operators that follow it with their right sides. */
export const operatorChain = "operator chain";

/** The parameter of those lambdas: what stands before an operator. No name that is written in SQL is equal to it. */
export const chainedValue = "\u0001";
