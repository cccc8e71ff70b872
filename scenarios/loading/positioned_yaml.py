"""YAML that remembers where each value stood, so that an error can say file, line and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scenarios.errors import Problem, ScenarioFileError
from scenarios.loading.nearest import nearest

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Loc = tuple[str | int, ...]

_BIGGEST_FILE = 1_000_000
_DEEPEST = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A YAML file as plain values, with the place of each value and each key by its path."""

    file: str
    value: Plain
    values: Mapping[Loc, tuple[int, int]]
    keys: Mapping[Loc, tuple[int, int]]

    def problem(self, loc: Sequence[str | int], message: str, *, at_key: bool = False) -> Problem:
        """A problem at the value of this path, or at the nearest value around it."""
        path = tuple(loc)
        if at_key and path in self.keys:
            line, column = self.keys[path]
        else:
            while path and path not in self.values:
                path = path[:-1]
            line, column = self.values.get(path, (1, 1))
        return Problem(file=self.file, line=line, column=column, message=message)


def read_document(path: Path, *, shown_as: str) -> Document:
    """Read a YAML file of mappings, lists and plain values. Raises ScenarioFileError with a place."""

    def fail(message: str, line: int = 1, column: int = 1) -> ScenarioFileError:
        return ScenarioFileError([Problem(file=shown_as, line=line, column=column, message=message)])

    try:
        data = path.read_bytes()
    except OSError as error:
        raise fail(f"can't be read: {error.strerror}.") from error
    if len(data) > _BIGGEST_FILE:
        raise fail("is bigger than 1 MB; data belongs into the .sql files.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        raise fail("is not UTF-8 here.", before.count(b"\n") + 1) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise fail(f"is not YAML here: {error.problem or error.context}.", line, column) from error
    except yaml.YAMLError as error:
        raise fail(f"is not YAML: {str(error).splitlines()[0]}.") from error
    except RecursionError as error:
        raise fail("is nested too deep.") from error
    if not isinstance(root, yaml.MappingNode):
        raise fail("must be a mapping of words to values, such as `title: …`.")
    reader = _Reader(shown_as)
    value = reader.build(root, (), frozenset())
    if reader.problems:
        raise ScenarioFileError(reader.problems)
    return Document(file=shown_as, value=value, values=reader.values, keys=reader.keys)


class _Reader:
    """Builds plain values from YAML's nodes and notes the places."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.values: dict[Loc, tuple[int, int]] = {}
        self.keys: dict[Loc, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._scalars = yaml.SafeLoader("")

    def build(self, node: yaml.Node, loc: Loc, above: frozenset[int]) -> Plain:
        self.values[loc] = _place(node)
        if id(node) in above or len(loc) > _DEEPEST:
            self._problem(node, "is nested too deep.")
            return None
        above |= {id(node)}
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc, above)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*loc, n), above) for n, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, loc: Loc, above: frozenset[int]) -> Plain:
        built: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, "is no word; a key must be a plain word.")
                continue
            key = key_node.value.replace(" ", "_")
            if key in built:
                self._problem(key_node, f"{key_node.value!r} is here twice; keep one.")
                continue
            self.keys[(*loc, key)] = _place(key_node)
            built[key] = self.build(value_node, (*loc, key), above)
        return built

    def _scalar(self, node: yaml.Node) -> Plain:
        written = str(node.value)
        # YAML 1.1 would read 2:00 as 120 and a date as a date: both stay the text that was written.
        if node.tag.endswith((":int", ":float")) and ":" in written:
            return written
        if node.tag.endswith((":null", ":bool", ":int", ":float")):
            try:
                return cast("Plain", self._scalars.construct_object(node))
            except ValueError:
                return written
        return written

    def _problem(self, node: yaml.Node, message: str) -> None:
        line, column = _place(node)
        self.problems.append(Problem(file=self.file, line=line, column=column, message=message))


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def validation_problems(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """Each of pydantic's errors as a plain sentence with its place."""
    return [_translate(details, document, model) for details in error.errors(include_url=False)]


def _translate(details: ErrorDetails, document: Document, model: type[BaseModel]) -> Problem:
    loc, kind = details["loc"], details["type"]
    word = next((part for part in reversed(loc) if isinstance(part, str)), "it")
    message = details["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if kind == "missing":
        return document.problem(loc[:-1], f"{word!r} is missing.", at_key=True)
    if kind == "extra_forbidden":
        known = _fields_at(model, loc[:-1])
        near = nearest(word, known)
        hint = (
            f"did you mean {' or '.join(map(repr, near))}?" if near else f"known: {', '.join(sorted(known))}."
        )
        return document.problem(loc, f"{word!r} is not a word that is known here; {hint}", at_key=True)
    if kind == "string_pattern_mismatch":
        given = details["input"]
        return document.problem(
            loc, f"{given!r} is no name: use lower-case letters, digits and '{_joint(word)}'."
        )
    if kind in ("literal_error", "enum"):
        given, expected = details["input"], details.get("ctx", {}).get("expected", "")
        near = nearest(str(given), expected.replace("'", "").replace(" or ", ", ").split(", "))
        hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"it must be {expected}."
        return document.problem(loc, f"{word!r} can't be {given!r}; {hint}")
    sentence = message if kind == "value_error" else f"{word!r} is wrong: {_lower(message)}"
    return document.problem(loc, sentence if sentence.endswith((".", "?")) else sentence + ".")


def _joint(word: str) -> str:
    return "-" if word == "slug" else "_"


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The words that are known at a path of the model."""
    current = model
    for part in loc:
        if isinstance(part, int) or part not in current.model_fields:
            continue
        inner = _model_in(current.model_fields[part].annotation)
        if inner is None:
            return []
        current = inner
    return list(current.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
