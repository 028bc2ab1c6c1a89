"""YAML text → node tree, refusing what a site file has no use for.

Nodes keep their line, and scalars keep their text: `0201` stays four digits and `no` stays a word.
"""

from __future__ import annotations

import yaml

from callcenter.domain.errors import InvalidInput

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 12


def compose(text: str) -> yaml.MappingNode:
    """The top mapping. Raises InvalidInput with the line for anything else."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise InvalidInput(f"the site file is larger than {MAX_BYTES // 1024 // 1024} MB")
    try:
        _refuse_aliases_and_depth(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise InvalidInput(_explain(error)) from error
    if node is None:
        raise InvalidInput("the site file is empty; `callcenter site export` shows what one has")
    if not isinstance(node, yaml.MappingNode):
        raise InvalidInput("line 1: a site file is `key: value` lines at its top")
    return node


def line_of(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _refuse_aliases_and_depth(text: str) -> None:
    # Aliases let a small file grow without bound, and nesting exhausts the stack.
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise InvalidInput(f"line {line}: a site file may not use anchors (&, *)")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise InvalidInput(f"line {line}: nested too deep for a site file")


def _explain(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: not valid YAML: {error.problem}"
    return f"not valid YAML: {error}"
