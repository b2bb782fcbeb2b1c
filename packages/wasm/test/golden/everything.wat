(module
  (import "env" "memory" (memory 1 16 shared))
  (import "env" "log" (func $log (param f64)))
  (import "env" "base" (global i64))
  (table 2 2 funcref)
  (global (mut i32) (i32.const -7))
  (export "count" (global 1))
  (export "table" (table 0))
  (elem (table 0) (i32.const 0) func $pair $log)
  (data (; 3 bytes ;))
  (data (at 512) (; 1 bytes ;))
  (func $pair (param $x i32) (result i32 i32)
    (local.get $x)
    (i32.popcnt (local.get $x)))
  (func $run (export "run") (param $at i32) (param $rows i32) (result i64)
    (local $row i32)
    (local $total i64)
    (local $again i32)
    (local $low i32)
    (local $high i32)
    (local.set $row (i32.const 0))
    (block $1
      (loop $2
        (br_if $1 (i32.ge_s (local.get $row) (local.get $rows)))
        (block $3
          (br_if $3 (i32.eqz (i32.load8_u offset=3 (i32.add (local.get $at) (local.get $row)))))
          (block $4
            (block $5
              (block $6
                (block $7
                  (br_table $7 $6 $5 (i32.and (local.get $row) (i32.const 3))))
                (local.set $total (i64.add (local.get $total) (i64.const 1)))
                (br $4))
              (call $log (f64.const 0.1))
              (br $4))
            (br $3))
          (local.set $total
            (i64.add
              (local.get $total)
              (if $4 (result i64)
                (local.get $row)
                (then
                  (i64.load offset=16 align=1 (i32.add (local.get $at) (i32.shl (local.get $row) (i32.const 3)))))
                (else
                  (i64.const -9223372036854775808))))))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $2)))
    (call $pair (local.get $row))
    (local.set $high)
    (local.set $low)
    (local.set $again (i32.add (local.get $low) (local.get $high)))
    (if $1
      (i32.gt_u (local.get $again) (i32.const 5))
      (then
        (global.set 1 (i32.add (global.get 1) (local.get $again))))
      (else
        (return (i64.const 0))))
    (v128.store32_lane offset=4 1
      (local.get $at)
      (v128.not
        (i32x4.replace_lane 2
          (v128.const i8x16 1 0 0 0 2 0 0 0 3 0 0 0 4 0 0 0)
          (i8x16.bitmask
            (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
              (i32x4.splat (local.get $again))
              (v128.load8_lane 15 (local.get $at) (v128.const i8x16 1 0 0 0 0 0 0 0 255 255 255 255 255 255 255 255)))))))
    (memory.init 0 (local.get $at) (i32.const 0) (i32.const 3))
    (data.drop 0)
    (memory.fill (local.get $at) (i32.const 0) (i32.const 8))
    (memory.copy (local.get $at) (i32.const 64) (i32.const 8))
    (atomic.fence)
    (drop (i64.atomic.rmw.add offset=8 (local.get $at) (i64.const 1)))
    (call_indirect 0 (param f64) (f64.promote_f32 (f32.const -0)) (i32.const 1))
    (local.get $total)))
