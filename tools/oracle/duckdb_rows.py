"""Answers queries: duckdb_rows.py DATA. Reads a query as JSON a line, prints its rows as a JSON list of texts a line; an error as one row."""
import decimal
import json
import pathlib
import sys

import duckdb

connection = duckdb.connect()
connection.execute("set threads = 1")
for file in pathlib.Path(sys.argv[1]).glob("*.parquet"):
    connection.execute(f"create view {file.stem} as select * from read_parquet('{file}')")


def cell(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = format(value, "f") if isinstance(value, decimal.Decimal) else str(value)
    return text.rstrip("0").rstrip(".") if isinstance(value, decimal.Decimal) and "." in text else text


for line in sys.stdin:
    try:
        rows = ["|".join(cell(value) for value in row) for row in connection.execute(json.loads(line)).fetchall()]
    except duckdb.Error as error:
        rows = [f"error {error}"]
    print(json.dumps(rows), flush=True)
