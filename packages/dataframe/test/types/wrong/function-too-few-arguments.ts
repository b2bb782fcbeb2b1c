import { functions as F } from "@vonk/dataframe";

F.regexp_replace("name", "a+");
