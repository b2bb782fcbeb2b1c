/** How a column is used in random queries. */
export type ColumnKind = "key" | "integer" | "decimal" | "text" | "date";

/** A column of a table, with its kind. */
export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table of the schema, and the columns of it that refer to others' first columns. */
export interface StarTable {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly references: Readonly<Record<string, string>>;
}

const columns = (kinds: Partial<Record<ColumnKind, string>>): TableColumn[] =>
  Object.entries(kinds).flatMap(([kind, names]) => names.split(" ").map((name) => ({ name, kind: kind as ColumnKind })));

/** A part of TPC-DS, whose foreign keys and most columns have nulls. */
export const starSchema: readonly StarTable[] = [
  {
    name: "store_sales",
    columns: columns({
      key: "ss_sold_date_sk ss_item_sk ss_customer_sk ss_hdemo_sk ss_addr_sk ss_store_sk ss_promo_sk",
      integer: "ss_ticket_number ss_quantity",
      decimal: "ss_sales_price ss_ext_sales_price ss_coupon_amt ss_net_paid ss_net_profit",
    }),
    references: {
      ss_sold_date_sk: "date_dim",
      ss_item_sk: "item",
      ss_customer_sk: "customer",
      ss_hdemo_sk: "household_demographics",
      ss_addr_sk: "customer_address",
      ss_store_sk: "store",
    },
  },
  {
    name: "store_returns",
    columns: columns({
      key: "sr_returned_date_sk sr_item_sk sr_customer_sk sr_store_sk",
      integer: "sr_ticket_number sr_return_quantity",
      decimal: "sr_return_amt sr_net_loss",
    }),
    references: { sr_returned_date_sk: "date_dim", sr_item_sk: "item", sr_customer_sk: "customer", sr_store_sk: "store" },
  },
  {
    name: "date_dim",
    columns: columns({ key: "d_date_sk", integer: "d_year d_moy d_dow d_month_seq", text: "d_day_name d_weekend", date: "d_date" }),
    references: {},
  },
  {
    name: "item",
    columns: columns({
      key: "i_item_sk",
      integer: "i_brand_id i_class_id i_manufact_id",
      decimal: "i_current_price i_wholesale_cost",
      text: "i_item_id i_category i_class i_brand i_color",
    }),
    references: {},
  },
  {
    name: "customer",
    columns: columns({
      key: "c_customer_sk c_current_addr_sk c_current_hdemo_sk",
      integer: "c_birth_year c_birth_month",
      text: "c_first_name c_last_name c_preferred_cust_flag",
    }),
    references: { c_current_addr_sk: "customer_address", c_current_hdemo_sk: "household_demographics" },
  },
  {
    name: "customer_address",
    columns: columns({ key: "ca_address_sk", decimal: "ca_gmt_offset", text: "ca_city ca_state ca_county" }),
    references: {},
  },
  {
    name: "household_demographics",
    columns: columns({ key: "hd_demo_sk", integer: "hd_dep_count hd_vehicle_count", text: "hd_buy_potential" }),
    references: {},
  },
  {
    name: "store",
    columns: columns({ key: "s_store_sk", integer: "s_number_employees", text: "s_state s_city s_store_name" }),
    references: {},
  },
];
