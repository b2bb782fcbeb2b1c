import { sqlType, structType } from "@vonk/columnar/internal";
import { columnsOfText, typeOfText } from "@vonk/dataframe/internal";
import { parseSchema } from "@vonk/expression/internal";
import { describe, expect, test } from "vitest";
import { parseSchemaText, parseTypeText } from "./parse.ts";

const refuse = (problem: string): Error => new TypeError(problem);

describe("types are read alike in statements, in schemas of functions and in texts of programs", () => {
  test.each([
    ["bigint", "BIGINT"],
    ["Decimal", "DECIMAL(10,0)"],
    ["numeric ( 5 )", "DECIMAL(5,0)"],
    ["dec(38,38)", "DECIMAL(38,38)"],
    ["character(3)", "CHAR(3)"],
    ["varchar(9)", "VARCHAR(9)"],
    ["time", "TIME(6)"],
    ["time(0)", "TIME(0)"],
    ["interval", "INTERVAL"],
    ["interval year", "INTERVAL YEAR"],
    ["interval day to second", "INTERVAL DAY TO SECOND"],
    ["string collate utf8_lcase", "STRING COLLATE UTF8_LCASE"],
    ["array<map<string,array<int>>>", "ARRAY<MAP<STRING, ARRAY<INT>>>"],
    ["struct<>", "STRUCT<>"],
    ["struct<a int, `b ``c`: date not null, c: struct<d: tinyint>>", "STRUCT<a: INT, `b ``c`: DATE NOT NULL, c: STRUCT<d: TINYINT>>"],
  ])("%s", (text, expected) => {
    const types = [parseTypeText(text), parseSchema(text), typeOfText(text, refuse)];
    expect(types.map(sqlType)).toEqual([expected, expected, expected]);
  });

  test.each([
    "strng",
    "array<int",
    "array<int>>",
    "map<string>",
    "decimal(39)",
    "decimal(2,3)",
    "decimal(a)",
    "varchar",
    "char()",
    "struct<a>",
    "struct<a:int not>",
    "interval day to year",
    "int 5",
  ])("%s is refused", (text) => {
    expect(() => parseTypeText(text)).toThrow("PARSE_SYNTAX_ERROR");
    expect(() => parseSchema(text)).toThrow("INVALID_SCHEMA.PARSE_ERROR");
    expect(() => typeOfText(text, refuse)).toThrow(TypeError);
  });

  test("lists of columns", () => {
    const text = "a INT NOT NULL, `b c`: ARRAY<STRING> COMMENT 'it is', c DECIMAL(4,2)";
    const written = parseSchemaText(text);
    expect(parseSchema(text)).toEqual(written);
    expect(structType(columnsOfText(text, refuse))).toEqual(written);
    expect(written.fields.map(({ name, nullable }) => [name, nullable])).toEqual([
      ["a", false],
      ["b c", true],
      ["c", true],
    ]);
  });
});
