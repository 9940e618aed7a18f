#!/usr/bin/env python3
"""Options of training one at a time, on strokes, with seeds; docs/training.md.

    bench/ablations.py run OUT [--jobs 2 --only tuned,few,fresh8 --seeds 3]
    bench/ablations.py collect OUT FILE.csv
    bench/ablations.py tables FILE.csv [--base tuned] [--step N]

The first makes what is missing below OUT: pair sets, a classifier for the feature loss, students (several at once, one thread each), and
what judges them. A run that was stopped is resumed. The second gathers what is there; the third prints it, at the end of the runs or at
an earlier step. Columns of the file: run_error and train_error are what the run itself measured, on pairs that its own set holds out and on
learned ones; held_out_error and those after it are of the end, the same judges for all.
"""
import argparse, csv, json, math, os, statistics, sys
from concurrent.futures import ThreadPoolExecutor

from students import getj

STUDENT = "--patch 4 --width 64 --heads 4 --depth 2 --deq-depth 1 --batch 32 --eval-every 250 --threads 1 --device jvm"
PAIRS = "--pairs {out}/pairs"
FEATURES = PAIRS + " --feature-loss {out}/features --feature-weight "
FRESH = "--teacher builtin:strokes --ring 2048 --held-out 500 --reuse "
LENGTHS = ("0.02", "0.05", "0.1", "0.15", "0.2")
WEIGHTS = ("0.75", "0.9", "1.1", "1.25", "1.5", "2")
# in the order in which they run
STUDENTS = {
    "tuned": PAIRS + " --ema-every 40",
    "dropout": PAIRS + " --label-dropout 0.1",
    "few": "--pairs {out}/few",
    "features.1": FEATURES + "0.1",
    "fresh8": FRESH + "8",
    "features.01": FEATURES + "0.01",
    "l2": PAIRS + " --loss l2",
    "noclip": PAIRS + " --clip 0",
    "cosine": PAIRS + " --schedule cosine",
    "fresh32": FRESH + "32",
    "some": "--pairs {out}/some",
    "linear": PAIRS + " --schedule linear",
    "nowarmup": PAIRS + " --warmup 0",
    "l1": PAIRS + " --loss l1",
    "injection": PAIRS + " --start injection",
    "long": PAIRS + " --steps 6000 --ema-every 120",
    "longcosine": PAIRS + " --steps 6000 --ema-every 120 --schedule cosine",
}
# name: pairs to learn from, and pairs held out; pairs depend on their number alone, so few and some are the first of pairs
SETS = {"pairs": (10000, 1000), "few": (2000, 500), "some": (4000, 500)}
COLUMNS = ["network", "seed", "variant", "step", "run_error", "train_error"]
JUDGED = ["held_out_error", "frechet", "precision", "recall", "class_accuracy"]
T975 = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}


def variants(name):
    """What is judged of a finished run: (word for the file and the table, averaged weights' length or none, guidance or none)."""
    yield "", None, None
    if "--ema-every" in STUDENTS[name]:
        yield from ((f"length {length}", length, None) for length in LENGTHS)
    if "--label-dropout" in STUDENTS[name]:
        yield from ((f"guidance {weight}", None, weight) for weight in WEIGHTS)


def judged(folder, variant):
    return folder + ("-" + variant.replace(" ", "-") if variant else "")


def judge(out, folder, variant, length, weight):
    """Error on the pairs that the largest set holds out, and samples against drawn digits that no teacher has seen."""
    result, run = judged(folder, variant), folder
    if os.path.exists(result + ".json"):
        return
    if length:
        run = result + ".safetensors"
        getj(f"ema --run {folder} --length {length} --out {run}")
    guidance = f"--guidance {weight}" if weight else ""
    if not weight:  # the pairs' teacher is not guided
        getj(f"eval --json --threads 1 --run {run} --pairs {out}/pairs", output=result + ".pairs.json")
    getj(f"eval --json --threads 1 --run {run} --data builtin:strokes,seed=2 --count 5000 --data-count 10000"
         f" --features classifier --classifier builtin:strokes {guidance}", output=result + ".json")


def run(options):
    out = options.out
    os.makedirs(out, exist_ok=True)
    names = options.only.split(",") if options.only else list(STUDENTS)
    for name, (learned, held_out) in SETS.items():
        needed = name == "pairs" or any("/" + name in STUDENTS[each] for each in names)
        if needed and not os.path.exists(f"{out}/{name}/pairs.json"):
            # a seed of noise that no run's fresh pairs have
            getj(f"pairs generate --teacher builtin:strokes --out {out}/{name} --count {learned + held_out} --held-out {held_out}"
                 f" --seed 100 --batch 100")
    if any("--feature-loss" in STUDENTS[name] for name in names) and not os.path.exists(f"{out}/features/latest.safetensors"):
        getj(f"classifier train --data builtin:strokes --steps 1500 --lr 1e-3 --warmup 50 --seed 1 --out {out}/features")

    def student(name, seed):
        folder = f"{out}/{name}-{seed}"
        steps = "" if "--steps" in STUDENTS[name] else f"--steps {options.steps}"
        start = "" if "--start" in STUDENTS[name] else "--start noise"
        getj(f"train --resume-if-present --out {folder} --seed {seed} {steps} {start} {STUDENT}", STUDENTS[name].format(out=out))
        plain, *others = variants(name)
        judge(out, folder, *plain)
        return [pool.submit(judge, out, folder, *variant) for variant in others]

    with ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(student, name, seed) for name in names for seed in range(options.seeds)]
        for run in runs:
            for judgement in run.result():
                judgement.result()


def judgement(result):
    """Of a finished run or an average of it, by column."""
    figures = {}
    if os.path.exists(result + ".pairs.json"):
        figures["held_out_error"] = json.load(open(result + ".pairs.json"))["pair_error"]
    if os.path.exists(result + ".json"):
        images = json.load(open(result + ".json"))
        figures.update({column: images[column] for column in JUDGED[1:]})
    return figures


def collect(options):
    with open(options.file, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS + JUDGED, lineterminator="\n")
        writer.writeheader()

        def write(words, figures):
            writer.writerow({**words, **{column: "%.5g" % figure for column, figure in figures.items()}})

        for name in STUDENTS:
            for seed in range(options.seeds):
                folder = f"{options.out}/{name}-{seed}"
                if not os.path.exists(folder + "/metrics.jsonl"):
                    continue
                rows = [row for row in map(json.loads, open(folder + "/metrics.jsonl")) if "held_out_error" in row]
                steps = int(STUDENTS[name].partition("--steps ")[2].split(" ")[0] or options.steps)
                for row in rows:
                    final = judgement(folder) if row["step"] == steps else {}
                    if row["step"] == steps and STUDENTS[name].startswith(PAIRS):  # held out by the same set
                        final.setdefault("held_out_error", row["held_out_error"])
                    write({"network": name, "seed": seed, "step": row["step"]},
                          {"run_error": row["held_out_error"], "train_error": row["train_error"], **final})
                for variant in [variant for variant, _, _ in variants(name) if variant]:
                    figures = judgement(judged(folder, variant))
                    if figures:
                        write({"network": name, "seed": seed, "variant": variant, "step": rows[-1]["step"]}, figures)


def interval(ratios):
    """Geometric mean of paired ratios, with Student's 95 % interval of the mean logarithm."""
    logs = [math.log(each) for each in ratios]
    mean = statistics.mean(logs)
    half = T975[len(logs) - 1] * statistics.stdev(logs) / math.sqrt(len(logs)) if len(logs) > 1 else math.inf
    return "%.3f" % math.exp(mean) + (" (%.3f … %.3f)" % (math.exp(mean - half), math.exp(mean + half)) if half < 2 else "")


def tables(options):
    error = "run_error" if options.step else "held_out_error"
    table = {}
    for row in csv.DictReader(open(options.file)):
        if row["step"] == str(options.step) and not row["variant"] if options.step else row["held_out_error"] or row["frechet"]:
            table.setdefault((row["network"], row["variant"]), {})[row["seed"]] = row
    base = table.get((options.base, ""), {})
    columns = ["train_error"] + ([] if options.step else JUDGED[1:])
    print(f"| | seeds | {error} | over `{options.base}` | " + " | ".join(columns) + " |\n|---|---|---|---" + "|---" * len(columns) + "|")
    for (name, variant), rows in table.items():
        def cell(column):
            values = [float(row[column]) for row in rows.values() if row[column]]
            if not values:
                return ""
            form = "%.4f" if "error" in column or "accuracy" in column else "%.2f"
            spread = len(values) > 1 and ("error" in column or column == "frechet")
            return form % statistics.mean(values) + (f" ({form % min(values)} … {form % max(values)})" if spread else "")
        paired = [float(row[error]) / float(base[seed][error]) for seed, row in rows.items() if seed in base and row[error]]
        print(" | ".join([f"| `{name}`{', ' + variant if variant else ''}", str(len(rows)), cell(error),
                          interval(paired) if paired and rows is not base else "", *map(cell, columns)]) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    make, gather, show = commands.add_parser("run"), commands.add_parser("collect"), commands.add_parser("tables")
    make.add_argument("out")
    make.add_argument("--jobs", type=int, default=1, help="students at once, one thread each")
    make.add_argument("--only", help="students, separated by commas")
    gather.add_argument("out")
    gather.add_argument("file")
    for each in make, gather:
        each.add_argument("--seeds", type=int, default=3)
        each.add_argument("--steps", type=int, default=2000)
    show.add_argument("file")
    show.add_argument("--base", default="tuned")
    show.add_argument("--step", type=int, help="the errors that runs measured after this step (default: judged at the end)")
    for command, each in (make, run), (gather, collect), (show, tables):
        command.set_defaults(command=each)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
