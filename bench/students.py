#!/usr/bin/env python3
"""Students beside each other: GETs and ViTs of equal parameters, objectives, starts, norms, precisions; docs/study.md.

    bench/students.py fashion OUT --data mnist:DIR [--device cuda --precision mixed --jobs 8]
    bench/students.py strokes OUT [--device cuda --jobs 8]
    bench/students.py tables FILE.csv STEP...
    bench/students.py chart FILE.csv CHART.svg NETWORK...

The first two make what is missing below OUT (of fashion a teacher and a classifier; pairs; students, several at once), judge it, and write
OUT/students.csv. A run that was stopped is resumed. Several runs share a GPU best under CUDA's MPS, with fewer of them than the machine
has cores. Python's standard library is all that is needed.
"""
import argparse, csv, json, os, statistics, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

GETJ = os.environ.get("GETJ", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "getj"))
TEACHER = "--patch 4 --width 128 --heads 4 --depth 6 --batch 128 --lr 1e-3 --warmup 200 --schedule cosine --ema 0.998"
CLASSIFIER = "--batch 128 --lr 1e-3 --warmup 50"
STUDENT = "--patch 4 --batch 64 --warmup 100 --ema 0.996 --eval-every 250"
FASHION_GET = "--width 96 --heads 4 --depth 1 --deq-depth 2 --deq-mlp-ratio 6"
FASHION_DEEP = "--width 64 --heads 4 --depth 5 --deq-depth 3"
STROKES_GET = "--width 64 --heads 4 --depth 2 --deq-depth 1"
NETWORKS = {
    "fashion": {
        "get": FASHION_GET,
        "post": FASHION_GET + " --norm post",
        "paper3e4": FASHION_GET + " --objective paper --lr 3e-4",
        "paper1e3": FASHION_GET + " --objective paper --lr 1e-3",
        "paper2e3": FASHION_GET + " --objective paper --lr 2e-3",
        "deep": FASHION_DEEP,
        "deepinj": FASHION_DEEP + " --start injection",
        "d71inj": "--width 64 --heads 4 --depth 7 --deq-depth 1 --start injection",
        "d35inj": "--width 64 --heads 4 --depth 3 --deq-depth 5 --start injection",
        "vit12": "--width 56 --heads 2 --depth 12 --deq-depth 0",
        "vit4x": "--width 112 --heads 4 --depth 12 --deq-depth 0",
    },
    "strokes": {
        "get": STROKES_GET,
        "mixed": STROKES_GET + " --precision mixed",
        "getinj": STROKES_GET + " --start injection",
        "inj13": "--width 40 --heads 4 --depth 1 --deq-depth 3 --deq-mlp-ratio 8 --start injection",
        "vit12": "--width 32 --heads 4 --depth 12 --deq-depth 0",
    },
}
COLUMNS = ["network", "seed", "step", "held_out_error", "train_error", "frechet"]


def getj(*arguments, output=None):
    """Runs getj; its standard output goes to a file, if there is one."""
    command = [GETJ, *[word for argument in arguments for word in argument.split()], "--quiet"]
    if output is None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return
    with open(output + ".part", "w") as file:
        subprocess.run(command, check=True, stdout=file)
    os.replace(output + ".part", output)


def run(options):
    out = options.out
    device = f"--device {options.device}"
    os.makedirs(out, exist_ok=True)
    teacher, judge = "builtin:strokes", "builtin:strokes"
    if options.what == "fashion":
        teacher, judge = f"{out}/teacher", f"{out}/classifier"
        getj(f"classifier train --resume-if-present --data {options.data} --out {judge} --steps {options.classifier_steps}", CLASSIFIER)
        getj(f"teacher train --resume-if-present --data {options.data} --out {teacher} --steps {options.teacher_steps} {device}", TEACHER)
    if not os.path.exists(f"{out}/pairs/pairs.json"):  # a finished set is not made again
        getj(f"pairs generate --teacher {teacher} --out {out}/pairs --count {options.pairs + options.held_out}"
             f" --held-out {options.held_out} --batch 512 {device}")

    def student(name, seed):
        folder = f"{out}/{name}-{seed}"
        network = NETWORKS[options.what][name]
        precision = "" if "--precision" in network else f"--precision {options.precision}"
        start = "" if "--start" in network else "--start noise"
        getj(f"train --resume-if-present --pairs {out}/pairs --out {folder} --seed {seed} --steps {options.steps} --threads 1",
             STUDENT, network, start, device, precision)
        real = options.data + ",split=test" if options.data else "builtin:strokes,seed=2"
        if not os.path.exists(folder + ".json"):
            getj(f"eval --json --threads 1 --run {folder} --data {real} --count 5000 --data-count 10000 --features classifier"
                 f" --classifier {judge} {device}", output=folder + ".json")

    names = options.only.split(",") if options.only else list(NETWORKS[options.what])
    with ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lambda each: student(*each), [(name, seed) for seed in range(options.seeds) for name in names]))
    with open(f"{out}/students.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name in names:
            for seed in range(options.seeds):
                for line in open(f"{out}/{name}-{seed}/metrics.jsonl"):
                    row = json.loads(line)
                    if "held_out_error" in row:
                        writer.writerow([name, seed, row["step"]] + ["%.5g" % row[key] for key in COLUMNS[3:]])
    for name in names:
        for seed in range(options.seeds):
            print(name, seed, {key: value for key, value in json.load(open(f"{out}/{name}-{seed}.json")).items()
                               if key in ("frechet", "precision", "recall", "class_accuracy")})


def read(path):
    """{network: {step: [held-out error of each seed]}}, in the order of the file."""
    table = {}
    for row in csv.DictReader(open(path)):
        table.setdefault(row["network"], {}).setdefault(int(row["step"]), []).append(float(row["held_out_error"]))
    return table


def tables(path, steps):
    print("| held-out error after | " + " | ".join(steps) + " |\n|---" * 1 + "|---" * len(steps) + "|")
    for name, rows in read(path).items():
        cells = [rows.get(int(step), []) for step in steps]
        print(f"| `{name}` | " + " | ".join(
            "%.4f" % statistics.mean(cell) + (" (%.4f … %.4f)" % (min(cell), max(cell)) if len(cell) > 1 else "") if cell else ""
            for cell in cells) + " |")


def chart(path, out, names):
    """Error over steps, both logarithmic: a line through the means, a dot for each seed."""
    from math import log10
    data = {name: rows for name, rows in read(path).items() if name in names}
    colours = ["#2a78d6", "#1baf7a", "#eda100", "#008300", "#4a3aa7", "#e34948"]
    steps = [step for rows in data.values() for step in rows if step >= 500]
    errors = [error for rows in data.values() for step, each in rows.items() if step >= 500 for error in each]
    low, high = log10(min(errors) * 0.95), log10(max(errors) * 1.05)
    left, right = log10(min(steps)), log10(max(steps))
    x = lambda step: 70 + 560 * (log10(step) - left) / (right - left)
    y = lambda error: 340 - 310 * (log10(error) - low) / (high - low)
    svg = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 390" font-family="sans-serif" font-size="13">',
           '<rect width="800" height="390" fill="white"/>']
    for tick in (0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3):
        if low <= log10(tick) <= high:
            svg.append(f'<path d="M70 {y(tick):.1f}H630" stroke="#ddd"/><text x="62" y="{y(tick) + 4:.1f}" text-anchor="end">{tick}</text>')
    for tick in sorted({min(steps), 1000, 2000, 4000, max(steps)}):
        if min(steps) <= tick <= max(steps):
            svg.append(f'<path d="M{x(tick):.1f} 30V340" stroke="#eee"/><text x="{x(tick):.1f}" y="358" text-anchor="middle">{tick}</text>')
    svg.append('<text x="350" y="380" text-anchor="middle">steps</text><text x="70" y="20">squared error on held-out pairs</text>')
    for i, name in enumerate(names):
        colour = colours[i % len(colours)]
        rows = {step: each for step, each in sorted(data[name].items()) if step >= 500}
        full = {step: each for step, each in rows.items() if len(each) == max(map(len, rows.values()))}
        points = " ".join(f"{x(step):.1f},{y(statistics.mean(each)):.1f}" for step, each in full.items())
        svg.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        svg += [f'<circle cx="{x(step):.1f}" cy="{y(error):.1f}" r="2" fill="{colour}"/>' for step, each in rows.items() for error in each]
        svg.append(f'<path d="M650 {40 + 22 * i}h20" stroke="{colour}" stroke-width="3"/><text x="678" y="{45 + 22 * i}">{name}</text>')
    with open(out, "w") as file:
        file.write("\n".join(svg + ["</svg>"]) + "\n")


def main():
    if len(sys.argv) > 3 and sys.argv[1] == "tables":
        return tables(sys.argv[2], sys.argv[3:])
    if len(sys.argv) > 4 and sys.argv[1] == "chart":
        return chart(sys.argv[2], sys.argv[3], sys.argv[4:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=list(NETWORKS))
    parser.add_argument("out")
    parser.add_argument("--data", help="images of fashion, such as mnist:/usr/share/datasets/fashion-mnist")
    parser.add_argument("--device", default="jvm")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--jobs", type=int, default=1, help="students at once")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--pairs", type=int, default=30000)
    parser.add_argument("--held-out", type=int, default=1000)
    parser.add_argument("--teacher-steps", type=int, default=12000)
    parser.add_argument("--classifier-steps", type=int, default=2500)
    parser.add_argument("--only", help="networks, separated by commas")
    options = parser.parse_args()
    if options.what == "fashion" and not options.data:
        parser.error("fashion needs --data, such as mnist:/usr/share/datasets/fashion-mnist")
    run(options)


if __name__ == "__main__":
    main()
