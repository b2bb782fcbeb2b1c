/** What a partition's task does with its rows. */
export type PartitionFunction<In, Out> = (partition: number, rows: Iterable<In>) => Iterable<Out>;
