import { isSource, select } from "../file-kind.ts";
import { matches, type Rule } from "../repository.ts";

const banned: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  { pattern: /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w/gm, message: "enum: use a union of literals" },
  { pattern: /^\s*(?:export\s+)?(?:declare\s+)?namespace\s+\w/gm, message: "namespace: use a module" },
  { pattern: /^\s*@\w+(?:\(|\s*$)/gm, message: "decorator: call a function" },
  {
    pattern: /\bconstructor\s*\((?:[^)]*,)?\s*(?:private|protected|public|readonly)\s+[\w\s]+\??:/g,
    message: "parameter property: write the field out",
  },
  { pattern: /^\s*private\s+[\w#]/gm, message: "private: use a #private field" },
];

/** No enums, namespaces, decorators, parameter properties or soft-private members; `protected` marks what subclasses implement. */
export const plainSyntax: Rule = {
  name: "plain-syntax",
  check(repository) {
    return select(repository, isSource).flatMap((file) => banned.flatMap(({ pattern, message }) => matches(file, pattern, () => message)));
  },
};
