"""What templates may do with words, whatever the language."""

from functools import lru_cache

#: Columns of the text part; what cannot be broken (an address of a page) may be longer.
TEXT_COLUMNS = 72

#: How many paragraphs are kept as they were last wrapped: most say the same in every letter.
_PARAGRAPHS = 512


def short_of(done: int, asked: int) -> int:
    """How many are still missing; never below 0."""
    return max(0, asked - done)


def sentence(words: str) -> str:
    """The same with a capital at its beginning."""
    return words[:1].upper() + words[1:]


def in_one_line(words: str) -> str:
    """All white space, line breaks too, as single blanks."""
    if type(words) is str:
        line = words.replace("\n", " ")
        if line.isprintable() and "  " not in line:  # of all white space only the blank can be printed
            return line.strip(" ")
    return " ".join(words.split())


@lru_cache(maxsize=_PARAGRAPHS, typed=True)
def wrap(words: str, indent: str = "", mark: str = "") -> str:
    """A paragraph in lines of at most :data:`TEXT_COLUMNS`, a longer word alone on its line.

    Args:
        words: the paragraph, broken anyhow.
        indent: stands before every line.
        mark: stands once, after the first indent; the other lines are set in by its length.
    """
    paragraph, first = in_one_line(words), indent + mark
    hanging, room = " " * len(first), TEXT_COLUMNS - len(first)
    lines: list[str] = []
    start = 0
    while len(paragraph) - start > room:
        end = paragraph.rfind(" ", start, start + room + 1)
        if end < 0:
            end = paragraph.find(" ", start + room)
        if end < 0:
            break
        lines.append(paragraph[start:end])
        start = end + 1
    lines.append(paragraph[start:])
    return (first + f"\n{hanging}".join(lines)).rstrip()


def columns(rows: str) -> str:
    """Lines of cells parted by tabs, as aligned columns parted by bars."""
    cells = [line.split("\t") for line in rows.splitlines() if line.strip()]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )


def web_link(address: str) -> str:
    """An address that may be clicked; nothing for ``javascript:`` and its like (S07)."""
    return address if address.startswith(("https://", "http://")) else ""
