import type { DataFrame, Decimal, Int, LocalDate, Timestamp } from "@vonk/dataframe";

/*
 * The DataFrames of the programs beside this file. They are for the compiler: the programs are never run.
 */

export declare const orders: DataFrame<{
  id: bigint;
  customer: bigint;
  day: LocalDate;
  status: string;
  total: Decimal;
  items: Int;
  note: string | null;
}>;

export declare const customers: DataFrame<{ customer: bigint; name: string; country: string; born: LocalDate | null; vip: boolean }>;

export declare const products: DataFrame<{ product: bigint; name: string; price: Decimal; weight: number | null }>;

export declare const flights: DataFrame<{
  origin: string;
  dest: string;
  carrier: string;
  delay: Int | null;
  distance: number;
  departed: Timestamp;
}>;

export declare const readings: DataFrame<{
  sensor: string;
  at: Timestamp;
  value: number | null;
  tags: readonly string[];
  place: { city: string; lat: number };
  labels: ReadonlyMap<string, string>;
}>;

export declare const reviews: DataFrame<{ customer: string; stars: Int }>;

export declare const untyped: DataFrame;
