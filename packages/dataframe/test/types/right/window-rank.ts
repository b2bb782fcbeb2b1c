import { Window, functions as F } from "@vonk/dataframe";
import { flights } from "../tables.ts";

const [row] = await flights.withColumn("rank", F.rank().over(Window.partitionBy("carrier").orderBy(F.desc("delay")))).collect();
export const rank: number | undefined = row?.rank;
