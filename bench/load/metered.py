"""Runs a program, then writes its CPU seconds and peak memory as JSON to a file: metered.py <file> <program> <arguments>"""

import json
import resource
import subprocess
import sys

code = subprocess.run(sys.argv[2:], check=False).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as file:
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "peakMb": usage.ru_maxrss / 1024}, file)
sys.exit(code)
