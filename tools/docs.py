"""``./gewerk docs``: makes the reference pages from the code and the screenshots from a running demo."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def generated_pages(*, check: bool) -> bool:
    """Write ``docs/reference`` anew, or (``check``) compare. True when the committed pages are those of the code."""
    from tools import reference

    good = True
    for name, text in reference.pages().items():
        path = ROOT / "docs" / "reference" / name
        if check:
            if not path.exists() or path.read_text() != text:
                print(f"docs/reference/{name} is not that of the code: run ./gewerk docs")
                good = False
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return good


def main(arguments: list[str]) -> int:
    """Pages, then screenshots (``--pages``: only the pages)."""
    generated_pages(check=False)
    if "--pages" not in arguments:
        from tools import activation_pictures, screenshots

        screenshots.main()
        activation_pictures.main()
    return 0
