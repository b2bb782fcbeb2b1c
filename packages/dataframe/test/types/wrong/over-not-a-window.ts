import { functions as F } from "@vonk/dataframe";

F.sum("delay").over("carrier");
