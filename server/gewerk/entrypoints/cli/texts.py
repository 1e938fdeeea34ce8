"""What the commands say, in both languages: nobody has chosen one yet when they run."""

import sys


class CommandError(Exception):
    """Ends a command with a message instead of a stack trace."""

    def __init__(self, german: str, english: str) -> None:
        self.german = german
        self.english = english
        super().__init__(english)


def say(german: str, english: str) -> None:
    """One line each on standard error."""
    sys.stderr.write(f"{german}\n{english}\n" if german != english else f"{german}\n")
    sys.stderr.flush()
