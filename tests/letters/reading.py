"""How a test reads an HTML letter: as its reader would, tags gone, hidden lines skipped."""

from html.parser import HTMLParser

#: What stands between the words of a text letter but is a tag, a border or a bullet in HTML.
_MARKS = frozenset({"-", "|"})


class Reading(HTMLParser):
    """Everything a letter shows, links to and is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.hidden: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.language = ""
        self._silent = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= known.keys()
        if tag == "a":
            self.links.append(known["href"])
        if tag == "html":
            self.language = known["lang"]
        if tag in {"title", "style"} or known.get("style", "").startswith("display:none"):
            self._silent = tag
        self.shown.append(" " if tag in {"td", "th", "br", "p", "li"} else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = ""

    def handle_data(self, data: str) -> None:
        (self.hidden if self._silent else self.shown).append(data)

    @property
    def words(self) -> list[str]:
        """The words in the order of reading."""
        return "".join(self.shown).split()


def words_of_text(text: str) -> list[str]:
    """The words of a text letter, without bullets, bars, the numbers of steps and the addresses of pages."""
    return [
        word
        for line in text.splitlines()
        for index, word in enumerate(line.split())
        if word not in _MARKS and not word.startswith("https://") and not (index == 0 and _is_step(word))
    ]


def _is_step(word: str) -> bool:
    return len(word) == len("1.") and word[0].isdigit() and word.endswith(".")
