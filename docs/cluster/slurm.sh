#!/usr/bin/env bash
# One run of iovolc on the nodes of a SLURM job:
#   sbatch docs/cluster/slurm.sh CATALOGUE --store STORE --out OUT [other options of `iovolc run`]
# from a shell in which `iovolc` and `dask` are found. Catalogue, store and outputs lie where all nodes see them.
#SBATCH --job-name=iovolc
#SBATCH --ntasks=8
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=4096M
#SBATCH --time=12:00:00
set -euo pipefail

file="$PWD/dask-${SLURM_JOB_ID:-$$}.json"
trap 'kill $(jobs -p) 2>/dev/null || true; rm -f "$file"' EXIT

dask scheduler --port 0 --scheduler-file "$file" --no-dashboard &
until [ -s "$file" ]; do sleep 0.2; done

# A task each at a time, and never more memory than the job has: whoever takes more is ended and named.
srun --ntasks="${SLURM_NTASKS:-1}" dask worker --scheduler-file "$file" --nthreads 1 --no-dashboard \
  --memory-limit "${SLURM_MEM_PER_CPU:-4096}MiB" --death-timeout 120 --local-directory "${TMPDIR:-$PWD}" &

iovolc run "$@" --dask "$(python -c 'import json, sys; print(json.load(open(sys.argv[1]))["address"])' "$file")"
