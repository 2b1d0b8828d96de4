"""What the test servers are installed from: pinned, locked, without addresses."""

import json
import re

from tests.servers.programs import LITE

PINNED: dict[str, str] = json.loads((LITE / "package.json").read_text())["dependencies"]
PACKAGES: dict[str, dict[str, str]] = json.loads((LITE / "package-lock.json").read_text())["packages"]


def test_every_package_is_pinned_and_locked() -> None:
    assert [version for version in PINNED.values() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert {name: PACKAGES[f"node_modules/{name}"]["version"] for name in PINNED} == PINNED


def test_every_package_is_known_by_its_checksum() -> None:
    unknown = [name for name, package in PACKAGES.items() if name and "integrity" not in package]
    assert unknown == []
    assert len(PACKAGES) > len(PINNED)


def test_what_the_server_imports_is_pinned() -> None:
    imported = re.findall(r'from "((?:@[\w-]+/)?[\w-]+)', (LITE / "server.mjs").read_text())
    assert imported
    assert set(imported) <= set(PINNED)
