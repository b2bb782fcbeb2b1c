"""Writes the files of packages/format-parquet/test/golden/exchange and packages/columnar/test/golden with pyspark 4.3.0, pyarrow 26.0.1 and duckdb 2.0.0 from PyPI. What each column holds
is a formula of the row's number, which exchanged-files.test.ts and arrow-files.test.ts have too."""
import datetime
import decimal
import glob
import os
import shutil
import sys
import tempfile

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

here = os.path.dirname(os.path.abspath(__file__))
golden = os.path.join(here, '..', '..', 'packages', 'format-parquet', 'test', 'golden', 'exchange')
os.makedirs(golden, exist_ok=True)
ROWS = 50


def path(name):
    return os.path.join(golden, name + '.parquet')


TYPES = {
    'bool': 'id % 3 = 0',
    'i8': 'CAST(id * 4 - 100 AS TINYINT)',
    'i16': 'CAST(id * 1001 - 25000 AS SMALLINT)',
    'i32': 'CAST(id * 80000000 - 2000000000 AS INT)',
    'i64': 'id * 150000000000000000L - 3500000000000000000L',
    'f32': 'CAST(id / 8D - 3D AS FLOAT)',
    'f64': 'id / 10D - 7.7D',
    'd5': 'CAST((id * 331 - 8000) * 0.01BD AS DECIMAL(5,2))',
    'd15': 'CAST((id * 3344556677 - 100000000000) * 0.01BD AS DECIMAL(15,2))',
    'd38': "CAST(concat(CAST(id - 20 AS STRING), '12345678901234567.0123456789') AS DECIMAL(38,10))",
    'text': "concat('é😀-', id % 17)",
    'binary': "CAST(concat('b', id) AS BINARY)",
    'date': "date_add(DATE'1970-01-01', CAST(id * 97 - 1000 AS INT))",
    'ts': 'timestamp_micros(id * 123456789123 - 1000000000000)',
    'ntz': 'CAST(timestamp_micros(id * 123456789123 - 1000000000000) AS TIMESTAMP_NTZ)',
}
MORE = {
    'time': 'make_time(CAST(id % 24 AS INT), 30, 1.500001)',
    'ym': 'make_ym_interval(1, CAST(id AS INT))',
    'dt': 'make_dt_interval(0, 0, 0, id + 0.000001)',
    'variant': 'parse_json(CAST(id AS STRING))',
    'list': 'CASE WHEN id % 4 = 0 THEN CAST(array() AS ARRAY<BIGINT>) ELSE array(id, NULL, id + 1) END',
    'map': "map('k', id, 'n', NULL)",
    'struct': "named_struct('a', CAST(id AS INT), 'b', named_struct('c', concat('c', id), 'd', array(make_ym_interval(0, CAST(id AS INT)))))",
    'lists': 'array(array(id), CAST(array() AS ARRAY<BIGINT>), NULL)',
}


def spark_files():
    spark = (SparkSession.builder.master('local[1]').config('spark.ui.enabled', 'false').config('spark.sql.session.timeZone', 'UTC')
             .config('spark.sql.timeType.enabled', 'true').config('spark.sql.variant.writeShredding.enabled', 'false')
             .config('spark.sql.parquet.datetimeRebaseModeInWrite', 'CORRECTED')
             .config('spark.sql.parquet.int96RebaseModeInWrite', 'CORRECTED').getOrCreate())

    def save(name, columns, **options):
        nullable = ', '.join("CASE WHEN id %% 7 = 3 THEN NULL ELSE %s END AS %s" % (text, column) for column, text in columns.items())
        folder = tempfile.mkdtemp()
        writer = spark.sql('SELECT id AS required, %s FROM range(0, %d, 1, 1)' % (nullable, ROWS)).write.mode('overwrite')
        for key, value in options.items():
            writer = writer.option(key.replace('__', '.').replace('_at_', '#'), value)
        writer.parquet(folder)
        shutil.copyfile(glob.glob(folder + '/part-*.parquet')[0], path(name))
        shutil.rmtree(folder)

    save('spark-int96', {**TYPES, **MORE})
    spark.conf.set('spark.sql.parquet.outputTimestampType', 'TIMESTAMP_MICROS')
    save('spark-v2', {**TYPES, **MORE}, parquet__writer__version='v2', compression='zstd')
    spark.conf.set('spark.sql.parquet.outputTimestampType', 'TIMESTAMP_MILLIS')
    save('spark-millis', {'ts': 'timestamp_millis(id * 123456789 - 1000000000)'}, compression='gzip')
    spark.conf.set('spark.sql.parquet.outputTimestampType', 'TIMESTAMP_MICROS')
    save('spark-bloom', TYPES, parquet__bloom__filter__enabled='true', parquet__bloom__filter__expected__ndv_at_required=ROWS,
         parquet__bloom__filter__max__bytes=256, parquet__enable__dictionary='false', parquet__page__size=64,
         parquet__page__size__row__check__min=10, parquet__page__size__row__check__max=10)
    spark.conf.set('spark.sql.parquet.writeLegacyFormat', 'true')
    save('spark-legacy', {**TYPES, **{name: MORE[name] for name in ['list', 'map', 'struct', 'lists']}}, compression='lz4_raw')
    spark.stop()


def some(formula):
    return [None if i % 7 == 3 else formula(i) for i in range(ROWS)]


def arrow_files():
    day = datetime.date(1970, 1, 1)
    indexed = pa.table({
        'required': pa.array(range(ROWS), pa.int64()),
        'i32': pa.array(some(lambda i: i * 80000000 - 2000000000), pa.int32()),
        'i64': pa.array(some(lambda i: i * 150000000000000000 - 3500000000000000000), pa.int64()),
        'f32': pa.array(some(lambda i: i / 8 - 3), pa.float32()),
        'f64': pa.array(some(lambda i: i / 10 - 7.7), pa.float64()),
        'text': pa.array(some(lambda i: 'é😀-%d' % (i % 17))),
        'binary': pa.array(some(lambda i: b'b%d' % i), pa.binary()),
        'date': pa.array(some(lambda i: day + datetime.timedelta(days=i * 97 - 1000))),
        'ntz': pa.array(some(lambda i: i * 123456789123 - 1000000000000), pa.int64()).cast(pa.timestamp('us')),
    })
    names = [name for name in indexed.column_names]
    pq.write_table(indexed, path('arrow-bloom'), write_page_index=True, max_rows_per_page=10, use_dictionary=False,
                   bloom_filter_options={name: {'ndv': ROWS, 'fpp': 0.01} for name in names})
    more = pa.table({
        'dictionary': pa.array(some(lambda i: 'w%d' % (i % 5))).dictionary_encode(),
        'large_text': pa.array(some(lambda i: 'l%d' % i), pa.large_string()),
        'text_view': pa.array(some(lambda i: 'a view of some length %d' % i), pa.string_view()),
        'large_list': pa.array(some(lambda i: [i, None]), pa.large_list(pa.int64())),
        'fixed_list': pa.array(some(lambda i: [i, i + 1]), pa.list_(pa.int64(), 2)),
        'duration': pa.array(some(lambda i: i * 1000), pa.duration('us')),
        'nothing': pa.array([None] * ROWS, pa.null()),
        'd9': pa.array(some(lambda i: i * 331), pa.int64()).cast(pa.decimal128(19, 0)).cast(pa.decimal128(38, 2)),
    })
    pq.write_table(more, path('arrow-more'))


def arrow_ipc():
    folder = os.path.join(here, '..', '..', 'packages', 'columnar', 'test', 'golden')
    os.makedirs(folder, exist_ok=True)
    ints = lambda kind, scale=1: pa.array(some(lambda i: i * scale), pa.int64()).cast(kind)
    moments = lambda kind: pa.array(some(lambda i: i * 1001 - 20000), pa.int64()).cast(kind)
    types = pa.table({
        'u8': ints(pa.uint8(), 5), 'u16': ints(pa.uint16(), 1300), 'u32': ints(pa.uint32(), 80000000),
        'u64': pa.array(some(lambda i: i * 370000000000000000), pa.uint64()), 'f16': pa.array(some(lambda i: i / 4)).cast(pa.float16()),
        'large_text': pa.array(some(lambda i: 'é%d' % i), pa.large_string()), 'large_binary': pa.array(some(lambda i: b'%d' % i), pa.large_binary()),
        'large_list': pa.array(some(lambda i: [i, None]), pa.large_list(pa.int64())), 'fixed': pa.array(some(lambda i: b'%03d' % i), pa.binary(3)),
        'fixed_list': pa.array(some(lambda i: [i, i + 1]), pa.list_(pa.int32(), 2)), 'date64': ints(pa.int64(), 86400000).cast(pa.date64()),
        **{'ts_' + unit: moments(pa.timestamp(unit, 'UTC')) for unit in ['s', 'ms', 'us', 'ns']}, 'ntz': moments(pa.timestamp('ns')),
        'time_s': ints(pa.int32()).cast(pa.time32('s')), 'time_ms': ints(pa.int32()).cast(pa.time32('ms')),
        'time_us': ints(pa.int64()).cast(pa.time64('us')), 'time_ns': ints(pa.int64()).cast(pa.time64('ns')),
        **{'for_' + unit: moments(pa.duration(unit)) for unit in ['s', 'ms', 'us', 'ns']},
        'd32': pa.array(some(lambda i: decimal.Decimal(i * 7 - 90) / 100), pa.decimal32(9, 2)),
        'd64': pa.array(some(lambda i: decimal.Decimal(i * 7 - 90) / 100), pa.decimal64(18, 2)),
        'd256': pa.array(some(lambda i: decimal.Decimal(i * 7 - 90) / 100), pa.decimal256(38, 2)),
        'codes8': pa.DictionaryArray.from_arrays(pa.array(some(lambda i: i % 3), pa.int8()), pa.array(['a', None, 'c'])),
        'codes16': pa.DictionaryArray.from_arrays(pa.array(some(lambda i: i % 4), pa.uint16()), pa.array([10, 20, 30, 40], pa.int64())),
        'codes64': pa.DictionaryArray.from_arrays(pa.array(some(lambda i: i % 2), pa.int64()), pa.array([[1], [2, 3]])),
        'coded_list': pa.ListArray.from_arrays(pa.array(range(0, 2 * ROWS + 1, 2), pa.int32()), pa.array(['x%d' % (i % 7) for i in range(2 * ROWS)]).dictionary_encode()),
    })

    def save(name, table, file=False, size=20, **options):
        with pa.OSFile(os.path.join(folder, name), 'wb') as sink:
            make = pa.ipc.new_file if file else pa.ipc.new_stream
            with make(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
                writer.write_table(table, max_chunksize=size)

    save('types.arrows', types)
    save('types.arrow', types, file=True)
    few = types.select(['u32', 'large_text', 'large_list', 'codes8'])
    save('zstd.arrows', few, compression='zstd')
    save('lz4.arrows', few, compression='lz4')
    words = ['w%d' % i for i in range(ROWS)]
    chunk = lambda count, until: pa.DictionaryArray.from_arrays(pa.array([i % until for i in range(count)], pa.int32()), pa.array(words[:until]))
    growing = pa.table({'word': pa.chunked_array([chunk(10, 5), chunk(10, 8), chunk(10, 10)])})
    save('deltas.arrows', growing, size=10, emit_dictionary_deltas=True)
    save('replaced.arrows', growing, size=10)


def duckdb_files():
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    null = lambda column, text: 'CASE WHEN id %% 7 = 3 THEN NULL ELSE %s END AS %s' % (text, column)
    columns = {
        'kind': "('k' || id % 5)::ENUM ('k0', 'k1', 'k2', 'k3', 'k4')",
        'uid': "('00000000-0000-0000-0000-0000000000' || lpad(id::VARCHAR, 2, '0'))::UUID",
        'huge': 'id::HUGEINT',
        'ts_s': "TIMESTAMP_S '1970-01-01 00:00:00' + to_seconds(id)",
        'ts_ms': "('1970-01-01'::TIMESTAMP + to_milliseconds(id * 1001))::TIMESTAMP_MS",
        'ts_ns': "make_timestamp_ns(id * 1000001)",
        'json': "('{\"a\":' || id || '}')::JSON",
    }
    select = ', '.join(null(column, text) for column, text in columns.items())
    con.execute("COPY (SELECT %s FROM range(0, %d) r(id)) TO '%s' (FORMAT parquet)" % (select, ROWS, path('duckdb-more')))
    bloom = {
        'i32': 'CAST(id * 80000000 - 2000000000 AS INTEGER)',
        'i64': 'id * 150000000000000000 - 3500000000000000000',
        'f32': '(id / 8 - 3)::FLOAT',
        'f64': 'id / 10::DOUBLE - 7.7::DOUBLE',
        'text': "'é😀-' || id % 17",
    }
    select = ', '.join(null(column, text) for column, text in bloom.items())
    # DuckDB writes filters for columns that have a dictionary, so values come again.
    con.execute("COPY (SELECT id AS required, %s FROM range(0, %d) r(id), range(20) ORDER BY id) TO '%s' (FORMAT parquet)"
                % (select, ROWS, path('duckdb-bloom')))


if __name__ == '__main__':
    duckdb_files()
    arrow_files()
    arrow_ipc()
    if '--no-spark' not in sys.argv:
        spark_files()
