import { untyped } from "../tables.ts";

untyped.as<{ city: string; size: bigint }>().select("city", "sice");
