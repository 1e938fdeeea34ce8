"""The door for people and scripts: ``gewerk-connect check-source | plan | apply | explain | report | change-separator | sources``.

Owns options, exit codes and where text goes (results to stdout, trouble and bars to stderr). Decides nothing.
Read first: ``app.py``. Everything heavy is imported by the command that needs it: ``plan`` must answer at once.
"""


def main() -> None:
    from gewerk_connect.cli.app import run_app

    run_app()
