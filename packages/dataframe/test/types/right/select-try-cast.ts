import { customers } from "../tables.ts";

const [row] = await customers.select(customers.col("name").try_cast("int").as("n")).collect();
export const n: number | null | undefined = row?.n;
