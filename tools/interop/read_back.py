"""`read_back.py ENGINE FOLDER`: reads each Parquet file of a folder with pyarrow, duckdb or spark, or each Arrow file (`arrow`), and prints one line of JSON a file: its rows, what its
statistics alone say, and how many rows some conditions find. Values are written as tools/interop/canonical.ts writes them. The conditions are in
FOLDER/conditions.json: [column, SQL literal, whether it is there]."""
import decimal
import glob
import json
import os
import struct
import sys

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq


decimal.getcontext().prec = 60


def floating(value):
    return 'NaN' if value != value else struct.pack('>d', value).hex()


def canonical(array):
    """The values of an array as JSON has them: integers as text, floats as bits, bytes as hex digits."""
    kind = array.type
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(kind):
        return canonical(array.dictionary_decode())
    if pa.types.is_null(kind):
        return [None] * len(array)
    if pa.types.is_timestamp(kind):
        return canonical(array.cast(pa.timestamp('us', kind.tz)).cast(pa.int64()))
    if pa.types.is_date32(kind):
        return canonical(array.cast(pa.int32()))
    if pa.types.is_time(kind):
        return [None if value is None else str(int(value) * 1000) for value in array.cast(pa.time64('us')).cast(pa.int64()).to_pylist()]
    if pa.types.is_duration(kind):
        return canonical(array.cast(pa.int64()))
    valid = array.is_valid().to_pylist()
    if pa.types.is_map(kind):
        keys, values, at = canonical(array.keys), canonical(array.items), array.offsets.to_pylist()
        return [[list(pair) for pair in zip(keys[at[i]:at[i + 1]], values[at[i]:at[i + 1]])] if ok else None for i, ok in enumerate(valid)]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        values, at = canonical(array.values), array.offsets.to_pylist()
        return [values[at[i]:at[i + 1]] if ok else None for i, ok in enumerate(valid)]
    if pa.types.is_struct(kind):
        parts = [canonical(part) for part in array.flatten()]
        return [[part[i] for part in parts] if ok else None for i, ok in enumerate(valid)]
    if pa.types.is_floating(kind):
        return [None if value is None else floating(value) for value in array.to_pylist()]
    if pa.types.is_integer(kind):
        return [None if value is None else str(value) for value in array.to_pylist()]
    if pa.types.is_decimal(kind):
        return [None if value is None else str(int(value.scaleb(kind.scale))) for value in array.to_pylist()]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return [None if value is None else value.hex() for value in array.to_pylist()]
    return array.to_pylist()


def answer(name, table, bounds, found):
    columns = {field: canonical(table[field]) for field in table.column_names}
    print(json.dumps({'file': os.path.basename(name), 'rows': table.num_rows, 'columns': columns, 'bounds': bounds, 'found': found}), flush=True)


def read_arrow(files, conditions):
    for name in files:
        file = pq.ParquetFile(name, page_checksum_verification=True)
        table = file.read()
        bounds = {}
        for index, field in enumerate(table.schema):
            groups = [file.metadata.row_group(group) for group in range(file.metadata.num_row_groups)]
            chunks = [group.column(at) for group in groups for at in range(group.num_columns) if group.column(at).path_in_schema == field.name]
            known = [chunk.statistics for chunk in chunks if chunk.statistics is not None and chunk.statistics.has_min_max]
            if not known or len(known) < len([chunk for chunk in chunks if chunk.statistics is None or chunk.statistics.null_count < chunk.num_values]):
                continue
            # What has no order in Python is compared by the caller.
            array = lambda values: canonical(pa.array(values, field.type)) if not pa.types.is_dictionary(field.type) else values
            bounds[field.name] = [array([each.min for each in known]), array([each.max for each in known])]
        found = [pq.read_table(name, filters=[(column, '==', conditions_value(file, column, value))]).num_rows for column, value, _ in conditions]
        answer(name, table, bounds, found)


def read_ipc(files, conditions):
    for name in files:
        with pa.OSFile(name, 'rb') as source:
            answer(name, pa.ipc.open_file(source).read_all(), {}, [])


def conditions_value(file, column, literal):
    return json.loads(literal.replace("'", '"')) if not literal.startswith('X') else literal


def read_duckdb(files, conditions):
    import duckdb
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for name in files:
        table = con.execute("SELECT * FROM read_parquet('%s')" % name).to_arrow_table()
        flat = [field.name for field in table.schema if not pa.types.is_nested(field.type) and not pa.types.is_null(field.type)]
        bounds = {}
        if table.num_rows > 0:
            for column in flat:
                row = con.execute("SELECT min(\"%s\"), max(\"%s\") FROM read_parquet('%s')" % (column, column, name)).to_arrow_table()
                bounds[column] = [canonical(row[0]), canonical(row[1])]
        found = [con.execute("SELECT count(*) FROM read_parquet('%s') WHERE \"%s\" = %s" % (name, column, value)).fetchone()[0]
                 for column, value, _ in conditions]
        for column, value, is_there in conditions:
            excluded = [row[-1] for row in con.execute("SELECT * FROM parquet_bloom_probe('%s', '%s', %s)" % (name, column, value)).fetchall()]
            assert not is_there or table.num_rows == 0 or not all(excluded) or not excluded, (name, column, value)
        answer(name, table, bounds, found)


def read_spark(files, conditions):
    os.environ['PYSPARK_PYTHON'] = sys.executable
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f
    spark = (SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').config('spark.sql.session.timeZone', 'UTC')
             .config('spark.sql.timeType.enabled', 'true').config('spark.sql.sources.useV1SourceList', '')
             .config('spark.sql.parquet.datetimeRebaseModeInRead', 'CORRECTED')
             .config('spark.sql.parquet.aggregatePushdown', 'true').getOrCreate())
    spark.sparkContext.setLogLevel('ERROR')
    pushed = 0
    for name in files:
        frame = spark.read.parquet(name)
        plain = []
        for field in frame.schema.fields:
            kind = field.dataType.typeName()
            column = f.col(field.name)
            if 'year' in kind or 'month' in kind:
                column = f.extract(f.lit('YEAR'), column) * 12 + f.extract(f.lit('MONTH'), column)
            elif kind == 'variant':
                column = f.to_json(column)
            plain.append(column.alias(field.name))
        table = frame.select(plain).toArrow()
        bounds = {}
        for field in frame.schema.fields:
            if field.dataType.typeName() in ('byte', 'short', 'integer', 'long', 'date', 'boolean') and table.num_rows > 0:
                least = frame.agg(f.min(field.name), f.max(field.name))
                pushed += 'PushedAggregation: [MIN' in least._jdf.queryExecution().toString()
                row = least.toArrow()
                bounds[field.name] = [canonical(row[0]), canonical(row[1])]
        found = [frame.where('%s = %s' % (column, value)).count() for column, value, _ in conditions]
        answer(name, table, bounds, found)
    print(json.dumps({'pushedAggregates': pushed}))
    spark.stop()


if __name__ == '__main__':
    engine, folder = sys.argv[1:3]
    with open(os.path.join(folder, 'conditions.json')) as text:
        given = json.load(text)
    {'arrow': read_ipc, 'pyarrow': read_arrow, 'duckdb': read_duckdb, 'spark': read_spark}[engine](sorted(glob.glob(folder + ('/*.arrow' if engine == 'arrow' else '/*.parquet'))), given)
