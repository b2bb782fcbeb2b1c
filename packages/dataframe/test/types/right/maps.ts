import { readings } from "../tables.ts";

const [row] = await readings.select(readings.col("labels").getItem("unit").as("unit")).collect();
export const unit: string | null | undefined = row?.unit;
