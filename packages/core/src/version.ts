/** Version of the engine; driver and executors must agree. */
export const version = "0.1.0";
