"""Values of a JSON text, of which only a part is in memory."""

import json
import re
from io import TextIOWrapper

from items.spreadsheets.reader.kinds import Refused

BLOCK = 1 << 16  # characters
SPACES = re.compile(r"[ \t\r\n]*")


class Scanner:
    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._buffer = ""
        self._place = 0
        self._is_in_object = False
        self.count = 0

    def refusal(self) -> Refused:
        return Refused("json_syntax", after=max(0, self.count - 1))

    def peek(self) -> str:
        """Go to the next character that is no space, and return it."""
        while True:
            self._place = SPACES.match(self._buffer, self._place).end()
            if self._place < len(self._buffer):
                return self._buffer[self._place]
            if not self._more():
                return ""

    def skip(self) -> None:
        self._place += 1

    def value(self) -> object:
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._place)
            except RecursionError:
                raise self.refusal()
            except ValueError:
                if not self._more():
                    raise self.refusal()
                continue
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self._place = end
            return value

    def enter_array(self) -> dict | None:
        """Go into the array, or the first array of objects in an object; without one return it."""
        if self.peek() == "[":
            self.skip()
            return None
        found: dict = {}
        self.skip()
        while self.peek() == '"':
            key = str(self.value())
            if self.peek() != ":":
                raise self.refusal()
            self.skip()
            if self.peek() == "[" and self._holds_objects():
                self._is_in_object = True
                return None
            found[key] = self.value()
            if self.peek() == ",":
                self.skip()
        self._leave_object()
        return found

    def leave_array(self) -> None:
        """Go to the end of the text; what else is in the object is not read."""
        self.count += 1
        if self.peek() != "]":
            raise self.refusal()
        self.skip()
        while self._is_in_object and self.peek() == ",":
            self.skip()
            self.value()
            if self.peek() != ":":
                raise self.refusal()
            self.skip()
            self.value()
        if self._is_in_object:
            self._leave_object()
        if self.peek():
            raise self.refusal()

    def _leave_object(self) -> None:
        if self.peek() != "}":
            raise self.refusal()
        self.skip()

    def _holds_objects(self) -> bool:
        place = self._place
        self.skip()
        if self.peek() in ("{", "]"):
            return True
        self._place = place
        return False

    def _more(self) -> bool:
        """Read on, the more the longer a value is, and drop what was read before it."""
        text = self._file.read(max(BLOCK, len(self._buffer) - self._place))
        self._buffer = self._buffer[self._place :] + text
        self._place = 0
        return bool(text)
