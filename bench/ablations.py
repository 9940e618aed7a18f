#!/usr/bin/env python3
"""Options of training one at a time, on strokes, with seeds; docs/training.md.

    bench/ablations.py run OUT [--jobs 2 --only tuned,few,fresh8 --seeds 3]
    bench/ablations.py collect OUT FILE.csv
    bench/ablations.py tables FILE.csv [--base tuned]

The first makes what is missing below OUT: pair sets, a classifier for the feature loss, students (several at once, one thread each), and
what judges them. A run that was stopped is resumed. The second gathers what is finished; the third prints it.
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
COLUMNS = ["network", "seed", "variant", "held_out_error", "train_error", "frechet", "precision", "recall", "class_accuracy"]
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
        getj(f"train --resume-if-present --out {folder} --seed {seed} {steps} {STUDENT}", STUDENTS[name].format(out=out))
        plain, *others = variants(name)
        judge(out, folder, *plain)
        return [pool.submit(judge, out, folder, *variant) for variant in others]

    with ThreadPoolExecutor(options.jobs) as pool:
        runs = [pool.submit(student, name, seed) for name in names for seed in range(options.seeds)]
        for run in runs:
            for judgement in run.result():
                judgement.result()


def collect(options):
    with open(options.file, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in STUDENTS:
            for variant, _, _ in variants(name):
                for seed in range(options.seeds):
                    folder = f"{options.out}/{name}-{seed}"
                    result = judged(folder, variant)
                    if not os.path.exists(result + ".json"):
                        continue
                    last = [row for row in map(json.loads, open(folder + "/metrics.jsonl")) if "train_error" in row][-1]
                    images = json.load(open(result + ".json"))
                    error = json.load(open(result + ".pairs.json"))["pair_error"] if os.path.exists(result + ".pairs.json") else None
                    figures = [error, None if variant else last["train_error"], images["frechet"], images["precision"],
                               images["recall"], images["class_accuracy"]]
                    writer.writerow([name, seed, variant] + ["" if each is None else "%.5g" % each for each in figures])


def interval(ratios):
    """Geometric mean of paired ratios, with Student's 95 % interval of the mean logarithm."""
    logs = [math.log(each) for each in ratios]
    mean = statistics.mean(logs)
    half = T975[len(logs) - 1] * statistics.stdev(logs) / math.sqrt(len(logs)) if len(logs) > 1 else math.inf
    return "%.3f" % math.exp(mean) + (" (%.3f … %.3f)" % (math.exp(mean - half), math.exp(mean + half)) if half < 2 else "")


def tables(options):
    table = {}
    for row in csv.DictReader(open(options.file)):
        table.setdefault((row["network"], row["variant"]), {})[row["seed"]] = row
    base = table.get((options.base, ""), {})
    print("| | held-out error | over `" + options.base + "` | on learned pairs | Fréchet | precision, recall | class accuracy |\n|---|---|---|---|---|---|---|")
    for (name, variant), rows in table.items():
        def cell(column, form):
            values = [float(row[column]) for row in rows.values() if row[column]]
            if not values:
                return ""
            least = f" ({form % min(values)} … {form % max(values)})" if len(values) > 1 else ""
            return form % statistics.mean(values) + least
        paired = [float(row["held_out_error"]) / float(base[seed]["held_out_error"]) 
                  for seed, row in rows.items() if seed in base and row["held_out_error"]]
        mean = lambda column: "%.3f" % statistics.mean(float(row[column]) for row in rows.values())
        print(f"| `{name}`{', ' + variant if variant else ''} | {cell('held_out_error', '%.4f')} | {interval(paired) if paired else ''}"
              f" | {cell('train_error', '%.4f')} | {cell('frechet', '%.3f')} | {mean('precision')}, {mean('recall')}"
              f" | {cell('class_accuracy', '%.4f')} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    make, gather, show = commands.add_parser("run"), commands.add_parser("collect"), commands.add_parser("tables")
    make.add_argument("out")
    make.add_argument("--jobs", type=int, default=1, help="students at once, one thread each")
    make.add_argument("--steps", type=int, default=2000)
    make.add_argument("--only", help="students, separated by commas")
    gather.add_argument("out")
    gather.add_argument("file")
    for each in make, gather:
        each.add_argument("--seeds", type=int, default=3)
    show.add_argument("file")
    show.add_argument("--base", default="tuned")
    for command, each in (make, run), (gather, collect), (show, tables):
        command.set_defaults(command=each)
    options = parser.parse_args()
    options.command(options)


if __name__ == "__main__":
    main()
