"""What templates may do with words, whatever the language."""

#: Columns of the text part; what cannot be broken (an address of a page) may be longer.
TEXT_COLUMNS = 72


def short_of(done: int, asked: int) -> int:
    """How many are still missing; never below 0."""
    return max(0, asked - done)


def sentence(words: str) -> str:
    """The same with a capital at its beginning."""
    return words[:1].upper() + words[1:]


def in_one_line(words: str) -> str:
    """All white space, line breaks too, as single blanks."""
    return " ".join(words.split())


def wrap(words: str, indent: str = "", mark: str = "") -> str:
    """A paragraph in lines of at most :data:`TEXT_COLUMNS`, a longer word alone on its line.

    Args:
        words: the paragraph, broken anyhow.
        indent: stands before every line.
        mark: stands once, after the first indent; the other lines are set in by its length.
    """
    lines, line = [], indent + mark
    hanging = " " * len(indent + mark)
    for word in words.split():
        if len(line) + len(word) > TEXT_COLUMNS and line.strip() not in {"", mark.strip()}:
            lines.append(line.rstrip())
            line = hanging
        line += f"{word} "
    return "\n".join([*lines, line.rstrip()])


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
