import { Decimal } from "@vonk/dataframe";
import { orders } from "../tables.ts";

const first = await orders.first();
export const total: Decimal | undefined = first?.getAs("total");
export const whole: { readonly id: bigint } | undefined = first?.toObject();
