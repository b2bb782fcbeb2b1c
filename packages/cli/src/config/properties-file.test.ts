import { expect, test } from "vitest";
import { parseProperties } from "./properties-file.ts";

test("blanks, = and : part key and value; comments, blank lines and foreign keys are left out", () => {
  const text = [
    "# comment",
    "! another",
    "",
    "spark.master            local[4]",
    "spark.app.name=my app  ",
    "  spark.test.colon : a:b=c",
    "spark.test.long one \\",
    "    two",
    "spark.test.empty",
    "java.home /usr",
    "vonk.task.killGrace\t1s",
  ];
  for (const end of ["\n", "\r\n"]) {
    expect(parseProperties(text.join(end))).toEqual([
      ["spark.master", "local[4]"],
      ["spark.app.name", "my app"],
      ["spark.test.colon", "a:b=c"],
      ["spark.test.long", "one two"],
      ["spark.test.empty", ""],
      ["vonk.task.killGrace", "1s"],
    ]);
  }
});
