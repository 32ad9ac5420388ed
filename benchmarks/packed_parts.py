"""What the parts that the packed program leaves out would take: compressed, in the single file.

    python -m benchmarks.packed_parts SMALL LARGE

SMALL is the program's single file, LARGE one that was built while both lists of
devtools/exe_contents.py were empty.
"""

import argparse
from collections import Counter

from PyInstaller.archive.readers import CArchiveReader

SHOWN = 10


def compressed(path: str) -> dict[str, int]:
    """Compressed bytes of each file and each Python module in a single file."""
    archive = CArchiveReader(path)
    modules = archive.open_embedded_archive("PYZ.pyz")
    sizes = {
        name.replace("\\", "/"): entry[1]
        for name, entry in archive.toc.items()
        if name != "PYZ.pyz"
    }
    return sizes | {name: entry[2] for name, entry in modules.toc.items()}


def group(name: str) -> str:
    """`phonenumbers.geodata.data1` and `PIL/_avif.pyd` as their package and part."""
    package, *more = name.replace("/", ".").split(".")
    return ".".join([package, *more[:1]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small")
    parser.add_argument("large")
    options = parser.parse_args()
    small, large = compressed(options.small), compressed(options.large)
    left_out: Counter[str] = Counter()
    for name in large.keys() - small.keys():
        left_out[group(name)] += large[name]
    print(f"left out: {left_out.total() / 1e6:.1f} MB of {sum(large.values()) / 1e6:.1f} MB")
    for name, size in left_out.most_common(SHOWN):
        print(f"| {name} | {size / 1e6:.2f} MB |")
    rest = left_out.total() - sum(size for _, size in left_out.most_common(SHOWN))
    print(f"| others | {rest / 1e6:.2f} MB |")


if __name__ == "__main__":
    main()
