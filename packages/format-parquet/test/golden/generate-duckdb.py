"""Writes duckdb*.parquet beside it with duckdb 2.0.0 from PyPI. What each column holds is a formula, which duckdb-files.test.ts has too."""
import os
import duckdb

here = os.path.dirname(os.path.abspath(__file__))
con = duckdb.connect()
con.execute("SET TimeZone = 'UTC'")
con.execute("""
CREATE TABLE t AS SELECT
  i::TINYINT AS i8, (i * 300)::SMALLINT AS i16, (i * 20000000)::INTEGER AS i32, i * 90000000000000000 AS i64,
  i::UTINYINT AS u8, (i * 600)::USMALLINT AS u16, (i * 40000000)::UINTEGER AS u32, (i::UBIGINT * 180000000000000000::UBIGINT) AS u64,
  i % 2 = 0 AS bool, (i / 8)::FLOAT AS f32, i / 3 AS f64, (i / 100)::DECIMAL(4,2) AS d4, (i * 1.25)::DECIMAL(9,2) AS d9, (i * 1000.5)::DECIMAL(18,3) AS d18,
  (i * 7)::DECIMAL(38,5) AS d38, 'é' || i AS text, ('b' || i)::BLOB AS bin, DATE '1969-12-01' + i::INTEGER AS day, TIME '00:00:01.5' + to_minutes(i) AS clock,
  TIMESTAMP '1969-12-31 23:00:00.000001' + to_minutes(i) AS local, TIMESTAMPTZ '1969-12-31 23:00:00.000001+00' + to_minutes(i) AS moment,
  CASE WHEN i % 3 = 0 THEN NULL ELSE i END AS holes, [i, NULL, i + 1] AS list, MAP {'k': i, 'n': NULL} AS map, {'x': i, 'y': ['q', NULL]} AS struct, [[i], []] AS lists
FROM range(0, 100) AS r(i)
""")
for codec in ['uncompressed', 'snappy', 'zstd', 'lz4_raw']:
    for version in ['V1', 'V2']:
        if codec == 'snappy' or (codec == 'zstd') == (version == 'V2'):
            path = os.path.join(here, f'duckdb-{codec}-{version.lower()}.parquet')
            con.execute(f"COPY t TO '{path}' (FORMAT parquet, COMPRESSION {codec}, PARQUET_VERSION {version}, ROW_GROUP_SIZE 2048)")
