"""The command line: data on stdout, talk on stderr, one line for what is wrong (DESIGN §5)."""

import os
import sys


def main() -> None:
    """Run the command line; errors of ours become one line and an exit code."""
    from nhacviec.cli.app import app
    from nhacviec.cli.shell import FAILED, INTERRUPTED, exit_code, explained
    from nhacviec.domain.errors import NhacViecError

    debug = "--debug" in sys.argv
    # JSON is UTF-8 whatever the terminal speaks; half a surrogate pair becomes JSON's own escape.
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app()
    except NhacViecError as error:
        if debug:
            raise
        sys.stderr.write(explained(error) + "\n")
        raise SystemExit(exit_code(error)) from None
    except BrokenPipeError:
        # The reader went away (`| head`): not an error of ours; keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(141) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        if debug:
            raise
        sys.stderr.write(
            f"nhacviec: {type(error).__name__}: {error} (--debug before the command tells more)\n"
        )
        raise SystemExit(FAILED) from None
