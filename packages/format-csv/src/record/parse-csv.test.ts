import fc from "fast-check";
import { expect, test } from "vitest";
import { csvOptions } from "./csv-options.ts";
import { parseCSV } from "./parse-csv.ts";
import { writeField } from "./write-field.ts";

const parse = (text: string, options: Record<string, string> = {}): string[][] => [...parseCSV(text, csvOptions(options))];

// What Spark 4.3 reads of the same text.
const text = '1,"x ""y"" z",3\n4,"u\\"v",\n\n "q",  w  ,1.5,9\n7\n"","",""\n';

test("quotes, escapes and blanks as Spark has them", () => {
  expect(parse(text)).toEqual([["1", '"x ""y"" z"', "3"], ["4", 'u"v', ""], [' "q"', "  w  ", "1.5", "9"], ["7"], ["", "", ""]]);
  expect(parse(text, { escape: '"' }).slice(0, 2)).toEqual([
    ["1", 'x "y" z', "3"],
    ["4", '"u\\"v"', ""],
  ]);
  expect(parse(text, { ignoreLeadingWhiteSpace: "true", ignoreTrailingWhiteSpace: "true" })[2]).toEqual(["q", "w", "1.5", "9"]);
});

test("separators of any length, comments, line ends within quotes", () => {
  expect(parse("a||b|c\r\n#x\r\nd", { sep: "||", comment: "#" })).toEqual([["a", "b|c"], ["d"]]);
  expect(parse('"a\nb"\t1\n"open', { sep: "\\t" })).toEqual([["a\nb", "1"], ["open"]]);
  expect(parse('"a",b', { quote: "" })).toEqual([['"a"', "b"]]);
  expect(parse("")).toEqual([]);
});

test("what is written is read", () => {
  const given = { ignoreLeadingWhiteSpace: "false", ignoreTrailingWhiteSpace: "false", emptyValue: '""' };
  const field = fc.string({ unit: fc.constantFrom("a", '"', "\\", ",", "\n", "\r", " ", "é", "|", "'") });
  fc.assert(
    fc.property(
      fc.array(fc.array(field, { minLength: 2, maxLength: 4 })),
      fc.boolean(),
      fc.constantFrom(",", "|"),
      (rows, quoteAll, sep) => {
        const options = csvOptions({ ...given, sep, quoteAll: String(quoteAll), escape: '"' });
        const lines = rows.map((row) => row.map((value) => writeField(value, options)).join(sep) + options.lineSeparator);
        expect([...parseCSV(lines.join(""), options)]).toEqual(rows);
      },
    ),
  );
});
