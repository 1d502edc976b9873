"""
Trains a classifier on what the data pipeline wrote, as an ONNX file, and logs it to MLflow. See README.md here.

    train.py --data build/cancer --features mean_radius,mean_texture --out build/model
"""

import os
import sys

# One thread: sums in a fixed order, so that the same seed gives the same bytes.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"


def run() -> int:
    # The converter walks over sets of text: without a fixed seed, the order of what it writes changes.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})
    from trainer.command import main

    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
