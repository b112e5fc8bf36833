#!/usr/bin/env python3
"""However many threads read a log, and wherever they divide it, the report is the same, byte for byte."""
import argparse, pathlib, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))
import corpus  # noqa: E402

SHAPES = {"ndjson": .01, "docker": .01, "text": .02, "mixed": .02}

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--logfix", required=True)
parser.add_argument("--mb", type=int, default=52, help="of each log (default: 52); from 32 on, threads share one")
args = parser.parse_args()
failed = 0
with tempfile.TemporaryDirectory() as folder:
    logs = []
    for seed, (shape, rate) in enumerate(SHAPES.items()):
        logs.append(str(pathlib.Path(folder, f"{shape}.log")))
        corpus.make(logs[-1], 5_300_000, rate, seed, shape)
        text = pathlib.Path(logs[-1]).read_bytes()
        pathlib.Path(logs[-1]).write_bytes(text * (args.mb * 1_000_000 // len(text) + 1))
    for files in [[log] for log in logs] + [logs]:
        reports = {jobs: subprocess.run([args.logfix, "--format", "json", f"-j{jobs}", *files], capture_output=True, check=False) for jobs in (1, 2, 4)}
        is_same = all(run.stdout == reports[1].stdout and run.returncode == 0 and not run.stderr for run in reports.values())
        print(f"{' '.join(pathlib.Path(file).stem for file in files)}: {len(reports[1].stdout)} bytes, {'the same' if is_same else 'DIFFERENT'}")
        for jobs, run in reports.items():
            if run.stderr:
                print(f"-j{jobs}: {run.stderr.decode(errors='replace')[:2000]}")
        failed += not is_same
sys.exit(failed > 0)
