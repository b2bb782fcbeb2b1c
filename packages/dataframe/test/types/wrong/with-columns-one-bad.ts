import { functions as F } from "@vonk/dataframe";
import { orders } from "../tables.ts";

orders.withColumns({ ok: orders.col("items").plus(1), bad: F.col("itemz") });
