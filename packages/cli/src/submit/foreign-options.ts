interface Foreign {
  readonly why: string;
  readonly instead: string;
}

const noJVM = "there is no JVM that would load it";
const installPackages = "Install npm packages in the application's folder: npm install NAME";

/** Options of spark-submit that mean nothing here: why, and what to do instead. */
export const foreignOptions: Readonly<Record<string, Foreign>> = {
  "--class": {
    why: "an application is a file with top-level code, not a class in a jar",
    instead: "Give the path of the .ts or .js file",
  },
  "--jars": { why: noJVM, instead: installPackages },
  "--packages": { why: noJVM, instead: installPackages },
  "--exclude-packages": { why: noJVM, instead: "npm decides what is installed: see overrides in package.json" },
  "--repositories": { why: noJVM, instead: "Name another registry in .npmrc" },
  "--py-files": { why: "no Python runs here", instead: "Import modules from the application: local files are found by their paths" },
  "--driver-class-path": { why: noJVM, instead: installPackages },
  "--driver-library-path": { why: noJVM, instead: "Set LD_LIBRARY_PATH before the command for native add-ons" },
  "--driver-java-options": { why: noJVM, instead: "Set NODE_OPTIONS before the command; --driver-memory limits a driver on a worker" },
  "--principal": { why: "Kerberos is not used", instead: "Give credentials for NATS: --conf vonk.nats.user=… or vonk.nats.credsFile=…" },
  "--keytab": { why: "Kerberos is not used", instead: "Give credentials for NATS: --conf vonk.nats.credsFile=…" },
  "--proxy-user": { why: "drivers and executors run as the user that started the worker", instead: "Start a worker as that user" },
  "--queue": { why: "queues are YARN's", instead: "Bound the application with --total-executor-cores" },
  "--remote": {
    why: "a submitted application has its own driver, not one behind a server",
    instead: "Give the cluster with --master vonk://host:port",
  },
};
