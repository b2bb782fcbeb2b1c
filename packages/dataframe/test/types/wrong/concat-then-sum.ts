import { functions as F } from "@vonk/dataframe";

F.sum(F.concat_ws("-", "origin", "dest").plus(1));
