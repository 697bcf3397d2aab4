"""The aggregate of docs/bigger-than-one-machine.md, made by DuckDB and by Spark, must project to what the rows do."""

import json
import os
import pathlib
import subprocess
import sys

import duckdb
from pyspark.sql import SparkSession

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(sys.argv[1])
SCENARIO = ROOT / "scenarios/inventory-example/pkce.toml"
ROWS = ROOT / "scenarios/inventory-example/orgs.csv"


def statement():
    text = (ROOT / "docs/bigger-than-one-machine.md").read_text(encoding="utf-8")
    return text.split("```sql\n")[1].split("```")[0]


def in_duckdb(sql):
    made = FOLDER / "duckdb.parquet"
    warehouse = duckdb.connect()
    warehouse.execute("SET TimeZone = 'UTC'")
    warehouse.execute(f"CREATE TABLE orgs AS SELECT * FROM read_csv('{ROWS}')")
    warehouse.execute(f"COPY ({sql}) TO '{made}' (FORMAT parquet)")
    return made


def in_spark(sql):
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    spark.read.csv(str(ROWS), header=True, inferSchema=True).createOrReplaceTempView("orgs")
    spark.sql(sql).coalesce(1).write.parquet(str(FOLDER / "spark"))
    spark.stop()
    return next((FOLDER / "spark").glob("*.parquet"))


def projection(inventory):
    command = [ROOT / os.environ["CUTOVER"], "run", SCENARIO, "--engine", "exact", "--format", "json", "--quiet"]
    command += ["--set", f"population.inventory={inventory}", "--out", FOLDER / "out"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main():
    sql = statement()
    for name, make in [("DuckDB " + duckdb.__version__, in_duckdb), ("Spark", in_spark)]:
        rows, aggregate = projection(ROWS), projection(make(sql))
        assert aggregate["orgs"] == rows["orgs"], (name, aggregate["orgs"])
        for ours, theirs in zip(rows["uptakes"], aggregate["uptakes"]):
            # Of like orgs the aggregate knows what they weigh together, not each by itself: their mean stays, their range may not.
            weights = [of["exact"].pop("weight")["failed_by_deadline"]["mean"] for of in (ours, theirs)]
            assert abs(weights[0] - weights[1]) < 1e-6 * weights[0], (name, weights)
            assert ours["exact"] == theirs["exact"], (name, ours["uptake"])
        print(f"{name}: the aggregate projects to what {rows['orgs']} rows do")


main()
