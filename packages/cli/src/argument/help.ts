/** What `vonk --help` prints. */
export const helpText = `vonk: Apache Spark's system in TypeScript

  vonk run [options] app.ts [-- arguments]    run an application; .ts files run as they are
  vonk shell [options]                        a REPL with \`sc\` and top-level await
  vonk --version                              print the version
  vonk --help                                 print this

options of run and shell
  --master URL              where to run: local, local[K], local[K,F], local[*] (default), local[*,F]
  --name NAME               name of the application
  --conf KEY=VALUE, -c      a setting; may be given several times
  --properties-file FILE    settings as in spark-defaults.conf: a key and a value a line
  --history FILE            keep the shell's lines in FILE (shell only)

What the program sets wins over options, options over the properties file, and that over variables such as
VONK_CONF_spark_executor_memory=2g. Node's own options go into NODE_OPTIONS.
VONK_DEBUG=1 prints the stacks of errors.

exit codes
  0    the application ended
  1    the application failed
  2    the command line, the properties file or the application's path is wrong
  13   the application ended while its top level still awaited a promise
  130  interrupted (Ctrl-C)
  143  terminated
  n    what the application gave to process.exit
`;
