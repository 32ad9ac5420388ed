"""matplotlib, loaded when it is first needed and used by one thread at a time.

Nothing here needs Tk or a display.
"""

import os
import threading
from pathlib import Path

one_at_a_time = threading.Lock()
"""Hold it while drawing: matplotlib is not made for several threads."""

_loaded = False


def cache_folder(home: Path) -> Path:
    """Where matplotlib keeps its list of fonts; `home` is that of the program's places."""
    return home / "cache" / "matplotlib"


def load(cache: Path) -> None:
    """Import matplotlib with a folder for its cache; later imports find it loaded.

    Only while `one_at_a_time` is held.
    """
    global _loaded
    if _loaded:
        return
    cache.mkdir(parents=True, exist_ok=True)
    # A packed program would get a fresh folder at each start and search the fonts each time.
    os.environ["MPLCONFIGDIR"] = str(cache)
    import matplotlib.backends.backend_agg
    import matplotlib.figure  # noqa: F401 - loaded here, before the first chart needs it

    _loaded = True
