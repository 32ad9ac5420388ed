"""What the program is called on a command line: sentences that say what to type hold it."""

import sys
from pathlib import Path


def own_name() -> str:
    """`app.py` from source; where it is packed the file's name, `DataMasterCollector.exe`."""
    return Path(sys.executable).name if getattr(sys, "frozen", False) else "app.py"
