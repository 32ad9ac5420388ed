"""`python -m core.settings --markdown` and `--env-example`: texts made from the settings' table."""

import argparse
import sys

from core.settings.document import env_example, markdown_table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.settings", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--markdown", action="store_true", help="README's table of settings")
    what.add_argument("--env-example", action="store_true", help="the text of .env.example")
    options = parser.parse_args()
    sys.stdout.write(markdown_table() if options.markdown else env_example())


if __name__ == "__main__":
    main()
