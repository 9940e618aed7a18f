#!/usr/bin/env bash
# Makes the files of this folder anew: bash make.sh GETJ FOLDER, with the getj of commit 4aad3a9.
set -eu
getj=$1
mkdir -p "$2" && cd "$2"
small="--patch 8 --width 8 --heads 2 --depth 1 --mlp-ratio 2 --batch 4"
"$getj" pairs generate --out pairs --count 8 --steps 4 --images 20
"$getj" train --pairs pairs --out student $small --deq-depth 1 --deq-mlp-ratio 2 \
    --iterations 2 --steps 3 --ema 0.5 --lr 1e-3
"$getj" sample --run student --count 4 --iterations 2 --seed 3 --out samples.safetensors
"$getj" convert student/latest.safetensors weights.safetensors
cp -r student resumed
"$getj" train --resume --out resumed --steps 5
mv resumed/latest.safetensors resumed.safetensors
"$getj" teacher train --data builtin:strokes --out teacher $small --steps 3
"$getj" classifier train --data builtin:strokes --out classifier --hidden 8 --features 4 \
    --batch 4 --steps 3
"$getj" study --out study --only LOSS,ITERATIONS --seeds 1 --steps 10 --pairs 64 --images 64 \
    --batch 4
# Pictures, second copies of checkpoints and the study's networks, which are large, are left out.
mv study/get-medium-l1-64-seed0/learned.json .
rm -r resumed study/*/ student/checkpoints teacher/checkpoints classifier/checkpoints study/study.md
mkdir study/get-medium-l1-64-seed0
mv learned.json study/get-medium-l1-64-seed0/
find . \( -name '*.png' -o -name '.claim*' \) -delete
find . -type d -empty -delete
