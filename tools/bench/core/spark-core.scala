// Spark's side of suite core: spark-shell --master local[2] --driver-memory 8g --conf spark.bench.data=DIR -i spark-core.scala
// Prints one line a row: RESULT <tab> row <tab> value <tab> check
sc.setLogLevel("ERROR")
val data = sc.getConf.get("spark.bench.data")
val runs = 3

def seconds(run: => Any): (Double, Any) = {
  val start = System.nanoTime
  val result = run
  ((System.nanoTime - start) / 1e9, result)
}
def median(values: Seq[Double]): Double = values.sorted.apply(values.size / 2)
def report(row: String, value: Double, check: Any): Unit = println(s"\nRESULT\t$row\t$value\t$check")
def time(row: String)(run: => Any): Unit = {
  val samples = (1 to runs).map(_ => seconds(run))
  report(row, median(samples.map(_._1)), samples.last._2)
}
/** The finaliser of Murmur3: a bijection on the 32-bit integers that looks random. */
object Mix extends Serializable {
  def apply(x: Int): Int = {
    var h = x
    h ^= h >>> 16; h *= 0x85ebca6b; h ^= h >>> 13; h *= 0xc2b2ae35; h ^ (h >>> 16)
  }
}

sc.parallelize(1 to 1000, 1000).count()
val tiny = (1 to 5).map(_ => seconds(sc.parallelize(1 to 10000, 10000).count())._1)
report("tiny-tasks", 10000 / median(tiny), 10000)

val two = sc.parallelize(1 to 2, 2)
for (_ <- 1 to 200) two.count()
report("two-task-job", median((1 to 1000).map(_ => seconds(two.count())._1)) * 1000, 2)

time("word-count") { sc.textFile(data + "/words.txt").flatMap(_.split(" ")).map((_, 1)).reduceByKey(_ + _).count() }

val pairs = sc.parallelize(0 until 5000000, 2).map(i => (Mix(i), i)).cache()
pairs.count()
time("sort-by-key") { pairs.sortByKey(true, 2).count() }
time("reduce-by-key") { pairs.map { case (k, _) => (k & 0xffff, 1) }.reduceByKey(_ + _, 2).count() }
pairs.unpersist(true)

time("distinct") { sc.parallelize(0 until 20000000, 2).map(Mix(_)).distinct(2).count() }

val links = sc.textFile(data + "/edges.txt", 2).map { line =>
  val tab = line.indexOf('\t')
  (line.substring(0, tab).toInt, line.substring(tab + 1).toInt)
}.groupByKey(2).mapValues(_.toArray).cache()
links.count()
time("page-rank") {
  var ranks = links.mapValues(_ => 1.0)
  for (_ <- 1 to 10) {
    val contributions = links.join(ranks).values.flatMap { case (targets, rank) => targets.map(target => (target, rank / targets.length)) }
    ranks = contributions.reduceByKey(_ + _).mapValues(0.15 + 0.85 * _)
  }
  math.round(ranks.values.sum() * 1000) / 1000.0
}
System.exit(0)
