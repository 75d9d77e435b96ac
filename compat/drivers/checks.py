"""A list of checks, run one after another, each reported on a line: `pass` or `FAIL`."""

import asyncio
import inspect
import sys
import traceback

url = sys.argv[1]
_checks = []


def check(function):
    """Registers a check."""
    _checks.append(function)
    return function


def sqlstate(error):
    """The SQLSTATE of any driver's exception, or None."""
    while error is not None:
        original = getattr(error, "orig", None)
        if original is not None:
            error = original
            continue
        for name in ("sqlstate", "pgcode"):
            if getattr(error, name, None):
                return getattr(error, name)
        if error.args and isinstance(error.args[0], dict):
            return error.args[0].get("C")
        error = error.__cause__
    return None


class expect:
    """`with expect("23505") as caught:` the block fails with this SQLSTATE."""

    def __init__(self, code):
        self.code = code
        self.error = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert error is not None, f"no error, {self.code} expected"
        actual = sqlstate(error)
        if actual == "0A000" != self.code:
            return False
        assert actual == self.code, f"{actual} instead of {self.code}: {error}"
        self.error = error
        return True


def equal(actual, expected):
    assert actual == expected, f"{actual!r} instead of {expected!r}"


def run():
    failed = False
    for function in _checks:
        name = function.__name__
        try:
            result = function()
            if inspect.isawaitable(result):
                asyncio.run(result)
            print("pass", name, flush=True)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            message = " ".join(str(error).split())
            failed = True
            where = traceback.extract_tb(error.__traceback__)
            own = [frame.lineno for frame in where if frame.filename == inspect.getsourcefile(function)]
            line = own[-1] if own else "?"
            print("FAIL", f"{name}: line {line}: {type(error).__name__}: {sqlstate(error) or ''} {message}"[:600], flush=True)
    sys.exit(failed)
