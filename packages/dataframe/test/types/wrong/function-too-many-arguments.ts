import { functions as F } from "@vonk/dataframe";

F.upper("name", "country");
