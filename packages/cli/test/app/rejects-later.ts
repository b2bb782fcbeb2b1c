export {};
void Promise.reject(new RangeError("nobody listens"));
