import { untyped } from "../tables.ts";

const [row] = await untyped.as<{ city: string; size: bigint }>().select("city", "size").collect();
export const size: bigint | undefined = row?.size;
