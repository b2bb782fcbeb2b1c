import type { Random } from "@vonk/common/internal";
import { type ColumnKind, starSchema, type StarTable } from "./star-schema.ts";

/** Values that a column has, as literals of SQL, by `table.column`; conditions compare with them. */
export type SampleValues = ReadonlyMap<string, readonly string[]>;

/** What stands in FROM and has columns that an expression may use. */
interface Relation {
  readonly text: string;
  readonly columns: readonly { readonly text: string; readonly kind: ColumnKind; readonly sample: string }[];
}

/**
 * Random queries over {@link starSchema}, in the SQL that Spark and DuckDB share and mean the same by: no division, no average of decimals, and an order
 * only over all columns, with nulls first. Equal seeds give equal queries.
 */
export class RandomQueries {
  readonly #random: Random;
  readonly #samples: SampleValues;
  #aliases = 0;

  constructor(random: Random, samples: SampleValues) {
    this.#random = random;
    this.#samples = samples;
  }

  next(): string {
    this.#aliases = 0;
    const roll = this.#random.next();
    if (roll < 0.5) return this.#grouped(this.#relation(2), true).text;
    if (roll < 0.7) return `${this.#plain()} UNION ${this.#chance(0.5) ? "ALL " : ""}${this.#plain()}`;
    return this.#limited(this.#chance(0.6) ? this.#columnsAsTheyAre() : this.#plain());
  }

  // ---- queries

  #plain(): string {
    const relation = this.#relation(2);
    // Three columns of fixed kinds, so that two queries can be united.
    const items = (["integer", "text", "decimal"] as const).map((kind, index) => `${this.#value(relation, kind)} AS c${index}`);
    const distinct = this.#chance(0.3) ? "DISTINCT " : "";
    return `SELECT ${distinct}${items.join(", ")} FROM ${relation.text}${this.#where(relation)}`;
  }

  /** Casts are interpreted more often than columns are: queries without them go further by generated code. */
  #columnsAsTheyAre(): string {
    const relation = this.#relation(2);
    // What was computed comes first, and the columns of tables joined to it after that.
    const near = relation.columns.slice(0, 5);
    const items = [near, near, relation.columns].map((columns, index) => `${this.#pick(columns).text} AS c${index}`);
    return `SELECT ${items.join(", ")} FROM ${relation.text}${this.#where(relation)}`;
  }

  #limited(query: string): string {
    const order = ["c0", "c1", "c2"].map((name) => `${name} ${this.#chance(0.3) ? "DESC" : "ASC"} NULLS FIRST`);
    return `${query} ORDER BY ${order.join(", ")} LIMIT ${this.#pick([1, 7, 50, 1000])}`;
  }

  /** An aggregate; its columns are k0, k1, … and a0, a1, …. */
  #grouped(
    relation: Relation,
    isTop: boolean,
    first?: Relation["columns"][number],
  ): { readonly text: string; readonly columns: Relation["columns"] } {
    const others = Array.from({ length: this.#pick([0, 1, 1, 2, 3]) }, () => this.#pick(relation.columns));
    const keys = first === undefined ? others : [first, ...others];
    const calls = Array.from({ length: this.#pick([1, 2, 3]) }, () => this.#call(relation));
    const items = [...keys.map(({ text }, index) => `${text} AS k${index}`), ...calls.map(({ text }, index) => `${text} AS a${index}`)];
    const by = keys.length === 0 ? "" : ` GROUP BY ${keys.map(({ text }) => text).join(", ")}`;
    const having = keys.length > 0 && this.#chance(isTop ? 0.3 : 0.1) ? ` HAVING count(*) > ${this.#pick([1, 2, 5])}` : "";
    return {
      text: `SELECT ${items.join(", ")} FROM ${relation.text}${this.#where(relation)}${by}${having}`,
      columns: [
        ...keys.map(({ kind, sample }, index) => ({ text: `k${index}`, kind, sample })),
        ...calls.map(({ kind, sample }, index) => ({ text: `a${index}`, kind, sample })),
      ],
    };
  }

  #call(relation: Relation): { readonly text: string; readonly kind: ColumnKind; readonly sample: string } {
    const of = (...kinds: ColumnKind[]): Relation["columns"][number] | undefined =>
      this.#pick([...relation.columns.filter(({ kind }) => kinds.includes(kind)), undefined]);
    const [number, column] = [of("decimal", "integer"), this.#pick(relation.columns)];
    switch (this.#pick(["count", "countOf", "distinct", "sum", "sum", "sum", "sumOf", "min", "max", "filtered"])) {
      case "sum":
        return {
          text: number === undefined ? "count(*)" : `sum(${number.text})`,
          kind: number?.kind ?? "integer",
          sample: number?.sample ?? "",
        };
      case "sumOf":
        return { text: `sum(${this.#value(relation, "integer")})`, kind: "integer", sample: "" };
      case "min":
        return { text: `min(${column.text})`, kind: column.kind, sample: column.sample };
      case "max":
        return { text: `max(${column.text})`, kind: column.kind, sample: column.sample };
      case "countOf":
        return { text: `count(${column.text})`, kind: "integer", sample: "" };
      case "distinct":
        return { text: `count(DISTINCT ${column.text})`, kind: "integer", sample: "" };
      case "filtered":
        return { text: `count(*) FILTER (WHERE ${this.#condition(relation, 1)})`, kind: "integer", sample: "" };
      default:
        return { text: "count(*)", kind: "integer", sample: "" };
    }
  }

  // ---- relations

  #relation(depth: number): Relation {
    const fact = this.#pick(starSchema.filter(({ references }) => Object.keys(references).length > 0));
    let relation = depth > 0 && this.#chance(0.5) ? this.#derived(fact, depth) : this.#table(fact);
    for (let count = this.#pick([0, 1, 1, 2, 3]); count > 0; count--) relation = this.#joined(relation);
    return relation;
  }

  #table(table: StarTable): Relation {
    const alias = `t${this.#aliases++}`;
    return {
      text: `${table.name} ${alias}`,
      columns: table.columns.map(({ name, kind }) => ({ text: `${alias}.${name}`, kind, sample: `${table.name}.${name}` })),
    };
  }

  /** An aggregate in FROM; at least one of its keys leads on to another table. */
  #derived(fact: StarTable, depth: number): Relation {
    const inner = this.#chance(0.3) ? this.#table(fact) : this.#relation(depth - 1);
    const { text, columns } = this.#grouped(inner, false, this.#pick([...inner.columns.filter(({ kind }) => kind === "key"), undefined]));
    const alias = `t${this.#aliases++}`;
    return { text: `(${text}) ${alias}`, columns: columns.map((column) => ({ ...column, text: `${alias}.${column.text}` })) };
  }

  /** A join with a table that one of the columns refers to; left as it is when none does. */
  #joined(relation: Relation): Relation {
    const links = relation.columns.flatMap((column) => {
      const [tableName, columnName = ""] = column.sample.split(".");
      const target = starSchema.find(({ name }) => name === tableName)?.references[columnName];
      return target === undefined ? [] : [{ column, target }];
    });
    const link = links.length === 0 ? undefined : this.#pick(links);
    const table = starSchema.find(({ name }) => name === link?.target);
    if (link === undefined || table === undefined) return relation;
    const other = this.#chance(0.2) ? this.#filteredTable(table) : this.#table(table);
    const key = other.columns[0]?.text ?? "";
    const more = this.#chance(0.2) ? ` AND ${this.#condition(other, 1)}` : "";
    const kind = this.#pick(["JOIN", "JOIN", "JOIN", "LEFT JOIN", "LEFT SEMI", "LEFT ANTI", "FULL JOIN", "RIGHT JOIN"]);
    if (kind === "LEFT SEMI" || kind === "LEFT ANTI")
      return this.#existing(relation, `${link.column.text} = ${key}${more}`, other, kind === "LEFT ANTI");
    return {
      text: `${relation.text} ${kind} ${other.text} ON ${link.column.text} = ${key}${more}`,
      columns: [...relation.columns, ...other.columns],
    };
  }

  #filteredTable(table: StarTable): Relation {
    const plain = this.#table(table);
    const names = table.columns.map(({ name }) => name).join(", ");
    const alias = `t${this.#aliases++}`;
    const columns = table.columns.map(({ name, kind }) => ({ text: `${alias}.${name}`, kind, sample: `${table.name}.${name}` }));
    return { text: `(SELECT ${names} FROM ${plain.text}${this.#where(plain, 1)}) ${alias}`, columns };
  }

  /** The rows for which another table has a match, or none: a subquery, since DuckDB and Spark write semi joins differently. */
  #existing(relation: Relation, condition: string, other: Relation, negated: boolean): Relation {
    const alias = `t${this.#aliases++}`;
    const shown = relation.columns.map((column, index) => ({ ...column, name: `c${index}` }));
    const inner = `SELECT ${shown.map(({ text, name }) => `${text} AS ${name}`).join(", ")} FROM ${relation.text} WHERE ${negated ? "NOT " : ""}EXISTS (SELECT 1 FROM ${other.text} WHERE ${condition})`;
    return { text: `(${inner}) ${alias}`, columns: shown.map(({ name, kind, sample }) => ({ text: `${alias}.${name}`, kind, sample })) };
  }

  // ---- expressions

  #where(relation: Relation, probability = 0.7): string {
    return this.#chance(probability) ? ` WHERE ${this.#condition(relation, 2)}` : "";
  }

  #condition(relation: Relation, depth: number): string {
    if (depth > 0 && this.#chance(0.5)) {
      const [a, b] = [this.#condition(relation, depth - 1), this.#condition(relation, depth - 1)];
      return this.#pick([`${a} AND ${b}`, `(${a} OR ${b})`, `NOT (${a})`]);
    }
    const column = this.#pick(relation.columns);
    const literal = (): string => this.#pick(this.#samples.get(column.sample) ?? [column.kind === "text" ? "'a'" : "1"]);
    const comparison = `${column.text} ${this.#pick(["=", "<>", "<", "<=", ">", ">="])} ${literal()}`;
    if (column.kind === "text" && this.#chance(0.4))
      return `${column.text} ${this.#pick(["LIKE", "NOT LIKE"])} ${this.#pattern(literal())}`;
    return this.#pick([
      comparison,
      comparison,
      `${column.text} IS ${this.#chance(0.5) ? "NOT " : ""}NULL`,
      `${column.text} IN (${literal()}, ${literal()}, ${literal()})`,
      `${column.text} NOT IN (${literal()}, ${literal()})`,
      `${column.text} BETWEEN ${literal()} AND ${literal()}`,
    ]);
  }

  #pattern(literal: string): string {
    const text = literal.slice(1, -1).replaceAll("''", "");
    const at = Math.floor(this.#random.next() * Math.max(1, text.length - 2));
    const part = text.slice(at, at + 2);
    return this.#pick([`'${text.slice(0, 2)}%'`, `'%${text.slice(-2)}'`, `'%${part}%'`, `'_${text.slice(1)}'`, `'%${part}%a%'`]);
  }

  #value(relation: Relation, kind: "integer" | "text" | "decimal"): string {
    const fitting = relation.columns.filter((column) => column.kind === kind || (kind === "integer" && column.kind === "key"));
    const fallback = { integer: "CAST(7 AS BIGINT)", text: "'none'", decimal: "CAST(1.5 AS DECIMAL(12,2))" }[kind];
    const column = fitting.length === 0 ? fallback : this.#pick(fitting).text;
    const other = fitting.length === 0 ? fallback : this.#pick(fitting).text;
    if (kind === "text")
      return this.#pick([
        column,
        column,
        `upper(${column})`,
        `substring(${column}, 2, 3)`,
        `coalesce(${column}, 'n/a')`,
        `${column} || '-' || ${other}`,
      ]);
    const cast = kind === "integer" ? "BIGINT" : "DECIMAL(12,2)";
    const condition = this.#condition(relation, 0);
    return this.#pick([
      `CAST(${column} AS ${cast})`,
      `CAST(${column} AS ${cast})`,
      `CAST(${column} AS ${cast}) + CAST(${other} AS ${cast})`,
      `CAST(coalesce(${column}, ${other}) AS ${cast})`,
      `CASE WHEN ${condition} THEN CAST(${column} AS ${cast}) ELSE CAST(${other} AS ${cast}) END`,
      `CASE WHEN ${condition} THEN CAST(${column} AS ${cast}) END`,
      ...(kind === "integer" ? [`CAST(${column} AS BIGINT) * 3 - CAST(${other} AS BIGINT)`] : []),
    ]);
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  #pick<const T>(items: readonly T[]): T {
    return items[Math.floor(this.#random.next() * items.length)] as T;
  }
}
