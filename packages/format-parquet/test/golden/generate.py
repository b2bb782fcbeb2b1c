"""Writes the golden files beside it with pyarrow 26.0.1 from PyPI. What each column holds is a formula, which golden.test.ts has too."""
import datetime, decimal, os
import numpy as np, pyarrow as pa, pyarrow.parquet as pq

here = os.path.dirname(os.path.abspath(__file__))
N = 130
D = decimal.Decimal
decimal.getcontext().prec = 60


def some(f, null=True):
    return [None if null and i % 7 == 3 else f(i) for i in range(N)]


def dec(p, s, f):
    return pa.array(some(lambda i: D(f(i)).scaleb(-s)), pa.decimal128(p, s))


def write(name, table, **options):
    options = {'compression': 'snappy', 'write_page_checksum': name in ('types', 'small'), 'store_schema': False, **options}
    pq.write_table(table, os.path.join(here, name + '.parquet'), **options)


text = lambda i: '' if i % 11 == 0 else 'é😀-%d' % (i % 17)
types = pa.table({
    'bool': pa.array(some(lambda i: i % 3 == 0)),
    'i8': pa.array(some(lambda i: i * 37 % 256 - 128), pa.int8()),
    'i16': pa.array(some(lambda i: i * 7919 % 65536 - 32768), pa.int16()),
    'i32': pa.array(some(lambda i: i * 14316557 - 2**31), pa.int32()),
    'i64': pa.array(some(lambda i: i * 30744573456182585 - 2**62), pa.int64()),
    'u8': pa.array(some(lambda i: i % 256), pa.uint8()),
    'u16': pa.array(some(lambda i: i * 211), pa.uint16()),
    'u32': pa.array(some(lambda i: i * 14316557), pa.uint32()),
    'u64': pa.array(some(lambda i: i * 61489146912365171), pa.uint64()),
    'f16': pa.array([None if i % 7 == 3 else np.float16(i / 4 - 10) for i in range(N)], pa.float16()),
    'f32': pa.array(some(lambda i: i / 8 - 3), pa.float32()),
    'f64': pa.array(some(lambda i: i / 10 - 7.7)),
    'd5': dec(5, 2, lambda i: i * 331 - 49000),
    'd15': dec(15, 2, lambda i: i * 3344556677 - 10**11),
    'd38': dec(38, 4, lambda i: (i - 150) * 10**34 + i),
    'date': pa.array(some(lambda i: i * 97 - 10000), pa.int32()).cast(pa.date32()),
    'time_ms': pa.array(some(lambda i: i * 287001), pa.int32()).cast(pa.time32('ms')),
    'time_us': pa.array(some(lambda i: i * 287000001), pa.int64()).cast(pa.time64('us')),
    'time_ns': pa.array(some(lambda i: i * 287000000001), pa.int64()).cast(pa.time64('ns')),
    'ts_ms': pa.array(some(lambda i: i * 123456789 - 10**10), pa.int64()).cast(pa.timestamp('ms', 'UTC')),
    'ts_us': pa.array(some(lambda i: i * 123456789123 - 10**13), pa.int64()).cast(pa.timestamp('us', 'UTC')),
    'ts_ns': pa.array(some(lambda i: i * 1234567891234567 - 10**17), pa.int64()).cast(pa.timestamp('ns', 'UTC')),
    'ts_local': pa.array(some(lambda i: i * 123456789123 - 10**13), pa.int64()).cast(pa.timestamp('us')),
    'text': pa.array(some(text)),
    'binary': pa.array(some(lambda i: bytes([i % 256]) * (i % 5)), pa.binary()),
    'fixed': pa.array(some(lambda i: i.to_bytes(4, 'big')), pa.binary(4)),
    'required': pa.array(range(N), pa.int64()),
}, schema=None)
types = types.cast(types.schema.set(types.schema.get_field_index('required'), pa.field('required', pa.int64(), nullable=False)))

write('types', types)
write('types-plain', types, use_dictionary=False, data_page_version='2.0', compression='zstd')
few = types.select(['i64', 'd15', 'text', 'required'])
for codec in ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4']:
    for version in ['1.0', '2.0']:
        write('codec-%s-v%s' % (codec, version[0]), few, compression=codec, data_page_version=version, use_dictionary=['text'])

# Many pages, cut at rows that are no multiple of 8, and dictionaries that are given up on the way.
write('pages', types.select(['i32', 'd38', 'text', 'bool', 'f64']), data_page_size=64, write_batch_size=13, dictionary_pagesize_limit=200)
write('pages-v2', types.select(['i32', 'd38', 'text', 'bool', 'f64']), data_page_size=64, write_batch_size=13, data_page_version='2.0')

sorted_text = pa.array(['prefix/%05d/%s' % (i // 3, 'x' * (i % 4)) for i in range(N)])
delta = pa.table({
    'i32': types['i32'], 'i64': types['i64'], 'step': pa.array([i * 1000 + i % 3 for i in range(N)], pa.int64()),
    'length': types['text'], 'sorted': sorted_text, 'ts_ms': types['ts_ms'], 'fixed': types['fixed'], 'd38': types['d38'],
})
write('delta', delta, use_dictionary=False, column_encoding={
    'i32': 'DELTA_BINARY_PACKED', 'i64': 'DELTA_BINARY_PACKED', 'step': 'DELTA_BINARY_PACKED', 'ts_ms': 'DELTA_BINARY_PACKED',
    'length': 'DELTA_LENGTH_BYTE_ARRAY', 'sorted': 'DELTA_BYTE_ARRAY', 'fixed': 'DELTA_BYTE_ARRAY', 'd38': 'DELTA_BYTE_ARRAY'})
split = types.select(['i32', 'i64', 'f32', 'f64', 'f16', 'd38', 'fixed'])
write('split', split, use_dictionary=False, column_encoding={name: 'BYTE_STREAM_SPLIT' for name in split.column_names})
write('boolean-rle', types.select(['bool']), data_page_version='2.0', column_encoding={'bool': 'RLE'}, use_dictionary=False)
write('int96', types.select(['ts_us']), use_deprecated_int96_timestamps=True)
write('decimal-integer', types.select(['d5', 'd15', 'd38']), store_decimal_as_integer=True)
write('groups', types.select(['i64', 'text', 'required']), row_group_size=77)

ints = lambda i: None if i % 5 == 1 else [None if (i + k) % 4 == 0 else i * 10 + k for k in range(i % 4)]
nested = pa.table({
    'list': pa.array([ints(i) for i in range(N)], pa.list_(pa.int32())),
    'lists': pa.array([None if i % 6 == 5 else [ints(i + k) for k in range(i % 3)] for i in range(N)], pa.list_(pa.list_(pa.int64()))),
    'map': pa.array([None if i % 9 == 4 else [('k%d' % k, None if k == 1 else i + k) for k in range(i % 4)] for i in range(N)],
                    pa.map_(pa.string(), pa.int32())),
    'struct': pa.array([None if i % 8 == 2 else {'a': None if i % 3 == 0 else i, 'b': {'c': text(i), 'd': ints(i)} if i % 4 else None} for i in range(N)],
                       pa.struct([('a', pa.int32()), ('b', pa.struct([('c', pa.string()), ('d', pa.list_(pa.int32()))]))])),
    'structs': pa.array([None if i % 7 == 6 else [{'x': i + k, 'y': text(k)} if k != 1 else None for k in range(i % 4)] for i in range(N)],
                        pa.list_(pa.struct([('x', pa.int64()), ('y', pa.string())]))),
    'nothing': pa.array([None] * N, pa.list_(pa.int32())),
})
write('nested', nested)
write('nested-pages', nested, data_page_size=64, write_batch_size=13, data_page_version='2.0', use_dictionary=False, compression='zstd')

write('small', pa.table({'id': pa.array(range(100), pa.int64()), 'name': pa.array([None if i % 7 == 0 else 'n%d' % (i % 5) for i in range(100)])}),
      row_group_size=60)
