import { schema } from "@vonk/dataframe";

schema({ city: "string" });
