import pytest

from callcenter.pbx.runtime.version import Version, parse, security_warning, supported


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("Asterisk 22.10.1~dfsg+~cs6.17.6-1", (22, 10, 1)),
        ("Asterisk 20.6.0~dfsg+~cs6.13-2ubuntu1", (20, 6, 0)),
        ("Asterisk 23.0", (23, 0, 0)),
    ],
)
def test_parse(text: str, version: Version) -> None:
    assert parse(text) == version


@pytest.mark.parametrize("version", [(20, 20, 0), (22, 10, 0), (21, 9, 9), (18, 0, 0)])
def test_warned(version: Version) -> None:
    assert security_warning(version)


@pytest.mark.parametrize("version", [(20, 20, 1), (22, 10, 1), (22, 11, 0), (23, 0, 0)])
def test_not_warned(version: Version) -> None:
    assert security_warning(version) is None


def test_oldest_supported() -> None:
    assert supported((20, 0, 0))
    assert not supported((18, 20, 0))
