import { expect, test } from "vitest";
import { splitStatements } from "./split-statements.ts";

test.each([
  ["select 1; select 2", ["select 1"], " select 2"],
  ["select ';' ; select \"a;b\", `c;d`;", ["select ';'", 'select "a;b", `c;d`'], ""],
  ["select 'it\\';s';", ["select 'it\\';s'"], ""],
  ["-- a; b\nselect 1 /* ; /* ; */ ; */;;", ["-- a; b\nselect 1 /* ; /* ; */ ; */"], ""],
  ["select 'open ;", [], "select 'open ;"],
])("%s", (text, statements, rest) => {
  expect(splitStatements(text)).toEqual({ statements, rest });
});
