/** What `vonk submit --help` prints. */
export const submitHelp = `  --master URL                 vonk://host:port[,host:port] (NATS of a cluster), local[*] (default), local-cluster[N,C,M], …
  --deploy-mode client|cluster where the driver runs: in this process (default), or in one that a worker launches
  --name NAME                  name of the application
  --conf KEY=VALUE, -c         a setting; may be given several times
  --properties-file FILE       settings as in spark-defaults.conf; conf/spark-defaults.conf when absent
  --load-spark-defaults        conf/spark-defaults.conf below the properties file
  --executor-memory SIZE       memory of an executor (1g)
  --executor-cores N           cores of an executor; all that a worker has for the application when absent
  --total-executor-cores N     cores of all executors; all there are when absent
  --num-executors N            executors at most
  --driver-memory SIZE         memory of a driver that a worker launches (1g)
  --driver-cores N             cores that it counts for (1)
  --files LIST                 files that tasks find with SparkFiles.get(name), apart by commas; local:/path for
                               those that the workers have
  --archives LIST              archives (zip, tar, tgz) that are unpacked for them, as NAME.zip or NAME.zip#FOLDER
  --verbose, -v                print the settings
  --version

with --deploy-mode cluster
  --supervise                  launch the driver again when it fails
  --conf spark.standalone.submit.waitAppCompletion=false
                               print the driver's id and leave instead of waiting and printing what it prints

drivers of a cluster
  --kill ID                    end a driver
  --status ID                  show how it stands

Options of spark-submit that need a JVM, as --class and --jars, are answered with what to do instead.
In cluster mode the exit code is the driver's: 143 when it was killed, 1 when its worker was lost.
`;
