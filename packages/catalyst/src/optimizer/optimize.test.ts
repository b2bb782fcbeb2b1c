import { describe, expect, test } from "vitest";
import { planText } from "../naming/plan-text.ts";
import { optimized } from "../testing/small-catalog.ts";

const plan = (text: string): string => planText(optimized(text));

describe("predicates and columns", () => {
  test("conditions reach the table, and only columns that are read", () => {
    expect(plan("SELECT n FROM (SELECT name AS n, team + 1 AS t FROM people) WHERE t > 2 AND n LIKE 'a%'")).toMatchInlineSnapshot(`
      "Project [people.name AS n]
      +- Filter (((people.team + 1) > 2) AND people.name LIKE 'a%')
         +- Relation people[name, team]"
    `);
  });

  test("a condition does not pass a limit", () => {
    expect(plan("SELECT id FROM (SELECT id FROM people LIMIT 10) WHERE id > 2")).toMatchInlineSnapshot(`
      "Filter (people.id > 2)
      +- Limit 10
         +- Relation people[id]"
    `);
  });

  test("the common part of alternatives becomes the key of the join", () => {
    const text = plan("SELECT name FROM people, teams WHERE (team = teams.id AND budget > 5) OR (team = teams.id AND name = 'x')");
    expect(text).toContain("Join inner, (");
    expect(text).not.toContain("Join cross");
  });
});

describe("joins", () => {
  const either = "(name = 'x' AND title = 'p') OR (name = 'y' AND title = 'q')";

  test("what alternatives say of one table is asked of its rows", () => {
    const text = plan(`SELECT points FROM people, teams, games WHERE people.team = teams.id AND games.team = teams.id AND (${either})`);
    expect(text).toContain("Filter ((people.name = 'x') OR (people.name = 'y'))");
    expect(text).toContain("Filter ((teams.title = 'p') OR (teams.title = 'q'))");
    expect(text).toContain("((people.name = 'x') AND (teams.title = 'p'))");
  });

  test("an alternative that says nothing of a table keeps its rows", () => {
    const text = plan("SELECT 1 FROM people, teams WHERE people.team = teams.id AND (name = 'x' OR title = 'p')");
    expect(text).not.toContain("Filter");
  });

  test("a table whose rows are kept without a match is not filtered by what ON says", () => {
    const text = plan(`SELECT 1 FROM people LEFT JOIN teams ON people.team = teams.id AND (${either})`);
    expect(text).toContain("Filter ((teams.title = 'p') OR (teams.title = 'q'))");
    expect(text).not.toContain("Filter ((people.name");
  });

  test("the largest table is probed, whatever order was written", () => {
    const text = plan(
      "SELECT title, sum(points) FROM teams, people, games WHERE people.team = teams.id AND games.team = teams.id GROUP BY title",
    );
    expect(
      text
        .split("\n")
        .filter((line) => line.includes("Relation"))
        .map((line) => line.replace(/.*Relation (\w+).*/, "$1")),
    ).toEqual(["games", "teams", "people"]);
  });
});

describe("outer joins whose unmatched rows are turned away", () => {
  const onTeam = (join: string): string => `people ${join} teams ON people.team = teams.id`;

  test.each([
    [`${onTeam("LEFT JOIN")} WHERE budget > 1`, "inner"],
    [`${onTeam("LEFT JOIN")} WHERE budget + 1 IN (2, 3) OR title LIKE 'a%'`, "inner"],
    [`${onTeam("LEFT JOIN")} WHERE budget IS NOT NULL`, "inner"],
    [`${onTeam("LEFT JOIN")} WHERE NOT (title IS NULL)`, "inner"],
    [`${onTeam("LEFT JOIN")} WHERE coalesce(budget, teams.id) = 1`, "inner"],
    [`${onTeam("LEFT JOIN")} WHERE name = title`, "inner"],
    [`${onTeam("LEFT JOIN")} WHERE name = 'x'`, "left"],
    [`${onTeam("LEFT JOIN")} WHERE budget IS NULL`, "left"],
    [`${onTeam("LEFT JOIN")} WHERE budget > 1 OR name = 'x'`, "left"],
    [`${onTeam("LEFT JOIN")} WHERE coalesce(budget, 1) = 1`, "left"],
    [`${onTeam("LEFT JOIN")} WHERE budget <=> 1`, "left"],
    [`${onTeam("RIGHT JOIN")} WHERE name = 'x'`, "inner"],
    [`${onTeam("RIGHT JOIN")} WHERE budget = 1`, "right"],
    [`${onTeam("FULL JOIN")} WHERE name = 'x'`, "left"],
    [`${onTeam("FULL JOIN")} WHERE budget = 1`, "right"],
    [`${onTeam("FULL JOIN")} WHERE name = title`, "inner"],
    [`(SELECT name, title AS t FROM ${onTeam("LEFT JOIN")}) JOIN games ON t = string(points)`, "inner"],
    [`games LEFT JOIN (SELECT title AS t FROM ${onTeam("LEFT JOIN")}) ON t = string(points)`, "inner"],
    [`games LEFT JOIN (SELECT name AS n FROM ${onTeam("LEFT JOIN")}) ON n = string(points)`, "left"],
  ])("%s", (from, expected) => {
    const joins = plan(`SELECT 1 FROM ${from}`)
      .split("\n")
      .filter((line) => line.includes("Join ") && !line.includes("points"));
    expect(joins.join()).toContain(`Join ${expected}`);
  });
});

describe("subqueries become joins", () => {
  test.each([
    ["SELECT name FROM people WHERE EXISTS (SELECT 1 FROM games WHERE games.team = people.team)", "Join semi"],
    ["SELECT name FROM people WHERE NOT EXISTS (SELECT 1 FROM games WHERE games.team = people.team)", "Join anti"],
    ["SELECT name FROM people WHERE team IN (SELECT team FROM games)", "Join semi"],
    ["SELECT name FROM people WHERE team NOT IN (SELECT team FROM games)", "Join null-aware anti"],
    ["SELECT name FROM people WHERE id = 1 OR team IN (SELECT team FROM games)", "Join null-aware existence"],
    ["SELECT name FROM people WHERE id > (SELECT avg(points) FROM games WHERE games.team = people.team)", "Join inner"],
    ["SELECT name FROM people WHERE 0 = (SELECT count(points) FROM games WHERE games.team = people.team)", "Join left"],
  ])("%s", (text, expected) => {
    const result = plan(text);
    expect(result).toContain(expected);
    expect(result).not.toContain("outer(");
  });

  test("a count of no rows is 0, not null", () => {
    expect(plan("SELECT (SELECT count(*) FROM games WHERE games.team = people.team) FROM people")).toContain(
      "CASE WHEN (present IS NULL) THEN 0L",
    );
  });

  test("a comparison that is no equality is computed for each value of the outer query", () => {
    const text = plan("SELECT (SELECT max(points) FROM games WHERE games.team < people.team) FROM people");
    expect(text).toContain("Distinct");
    expect(text).not.toContain("outer(");
  });

  test("the side of a join that is filled with nulls must not refer to the outer query", () => {
    const text =
      "SELECT * FROM people, LATERAL (SELECT * FROM games RIGHT JOIN (SELECT * FROM teams WHERE teams.id = people.team) ON true)";
    expect(() => optimized(text)).toThrow("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE");
  });
});
