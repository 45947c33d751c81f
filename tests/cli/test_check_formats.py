"""The formats of `check` that other programs read: SARIF and GitHub's annotations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from chaos_migrate.codemods.rules import RULES
from tests.cli.test_check import REFUSED_TEST, THRESHOLD_TEST

if TYPE_CHECKING:
    from tests.cli.conftest import Workplace

SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json").read_bytes())

TWO_GROUPS = """\
def test_two_loops(client):
    sent = []
    for i in range(30):
        sent.append(client.get(i))
    assert len(sent) == 30
    seen = []
    for page in range(200):
        seen.append(client.put(page))
    assert len(seen) == 200
"""


def sarif(work: Workplace, *arguments: str, code: int = 1) -> dict[str, Any]:
    """The run in the SARIF document, which is valid."""
    done = work.run("check", "--format", "sarif", *arguments)
    assert done.code == code
    document = json.loads(done.text)
    jsonschema.validate(document, SCHEMA)
    (run,) = document["runs"]
    return dict(run)


def fixed(text: str, result: dict[str, Any]) -> str:
    """The text after the fix of a result, carried out as SARIF says, from the last line up."""
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for replacement in reversed(change["replacements"]):
        region = replacement["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def test_the_schema_is_that_of_sarif_and_refuses_what_is_none() -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": "2.1.0", "runs": [{"results": []}]}, SCHEMA)


def test_sarif_has_every_kind_of_finding(work: Workplace) -> None:
    work.write("tests/test_x.py", THRESHOLD_TEST)
    work.write("tests/test_refused.py", REFUSED_TEST)
    work.write("tests/test_kept.py", THRESHOLD_TEST.replace("20):", "20):  # chaos: keep (x)"))
    work.write("tests/test_unused.py", "x = 1  # chaos: keep\n")
    run = sarif(work, "--show-suppressed")
    results = {(r["ruleId"], r["level"]): r for r in run["results"]}
    assert set(results) == {
        ("CHM101", "error"),
        ("CHM201", "error"),
        ("CHM401", "warning"),
        ("CHM406", "note"),
        ("CHM406", "warning"),
    }
    place = results["CHM201", "error"]["locations"][0]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "tests/test_x.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 9, "startColumn": 24, "endLine": 9, "endColumn": 25},
    }
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "test_some_losses_are_fine"
    related = results["CHM201", "error"]["relatedLocations"][0]["physicalLocation"]
    assert related["region"] == {"startLine": 6, "startColumn": 20}
    suppression = {"kind": "inSource", "justification": "`# chaos: keep`: (x)"}
    assert results["CHM406", "note"]["suppressions"] == [suppression]


def test_sarif_explains_every_rule(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    run = sarif(work)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert "## What it does" in rule["help"]["markdown"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("change", ["as it is", "crlf", "no newline at the end"])
def test_a_fix_is_what_migrate_writes(work: Workplace, change: str) -> None:
    text = THRESHOLD_TEST
    if change == "crlf":
        text = text.replace("\n", "\r\n")
    elif change == "no newline at the end":
        text = text.rstrip("\n")
    work.write("test_x.py", text)
    results = sarif(work)["results"]
    assert work.run("test_x.py", "--apply", "--allow-dirty").code == 0
    for result in results:
        assert fixed(text, result) == work.read("test_x.py") != text


def test_a_fix_moves_its_own_group_and_no_other(work: Workplace) -> None:
    work.write("test_x.py", TWO_GROUPS)
    texts = [fixed(TWO_GROUPS, result) for result in sarif(work)["results"]]
    assert [text.count("(client, chaos_config)") for text in texts] == [1, 1, 1, 1]
    assert [("range(30)" in text, "range(200)" in text) for text in texts] == [
        (False, True),
        (False, True),
        (True, False),
        (True, False),
    ]


def test_a_fingerprint_outlives_a_move_and_tells_copies_apart(work: Workplace) -> None:
    work.write("test_x.py", THRESHOLD_TEST)
    before = [result["partialFingerprints"] for result in sarif(work)["results"]]
    twice = THRESHOLD_TEST + "    assert failures <= 4\n"
    work.write("test_x.py", "# above\n" + twice)
    after = [result["partialFingerprints"] for result in sarif(work)["results"]]
    assert after[:2] == before
    assert after[2] not in before


def test_sarif_names_files_from_the_root_of_their_repository(work: Workplace) -> None:
    work.write("a b/ü/test_x.py", THRESHOLD_TEST)
    work.commit()
    done = work.run("check", "--format", "sarif", cwd="a b")
    (run,) = json.loads(done.text)["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place["uri"] == "a%20b/%C3%BC/test_x.py"
    assert run["originalUriBaseIds"]["%SRCROOT%"]["uri"] == work.folder.as_uri() + "/"


def test_sarif_tells_of_files_that_could_not_be_handled(work: Workplace) -> None:
    work.write("test_x.py", "def test_x(:\n")
    (invocation,) = sarif(work, code=2)["invocations"]
    assert not invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("syntax error")


def test_annotations_are_grouped_by_file(work: Workplace) -> None:
    work.write("tests/test_x.py", THRESHOLD_TEST)
    work.write("tests/test_refused.py", REFUSED_TEST)
    work.write("tests/test_nothing.py", "x = 1\n")
    work.commit()
    done = work.run("check", "--format", "github", cwd="tests")
    assert done.code == 1
    assert [line.partition("::")[2].partition("::")[0] for line in done.text.splitlines()] == [
        "group",
        "warning file=tests/test_refused.py,line=3,endLine=3,col=20,endColumn=23,"
        "title=CHM401 early-exit",
        "endgroup",
        "group",
        "error file=tests/test_x.py,line=6,endLine=6,col=20,endColumn=22,"
        "title=CHM101 hardcoded-range",
        "error file=tests/test_x.py,line=9,endLine=9,col=24,endColumn=25,"
        "title=CHM201 hardcoded-count-threshold",
        "endgroup",
    ]
    assert "(write chaos_config.scaled(20, floor=10))" in done.text


def test_nothing_in_a_name_ends_an_annotation_early(work: Workplace) -> None:
    work.write("test_a,b:c%\n::error::.py", THRESHOLD_TEST)
    lines = work.run("check", "--format", "github").text.splitlines()
    assert len(lines) == 4
    assert lines[0] == "::group::test_a,b:c%25%0A::error::.py"
    assert "file=test_a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3A.py,line=6" in lines[1]


def test_a_broken_file_is_annotated_where_it_breaks(work: Workplace) -> None:
    work.write("test_x.py", "x = 1\ndef test_x(:\n")
    done = work.run("check", "--format", "github")
    assert done.code == 2
    assert "::error file=test_x.py,line=2,title=chaos-migrate::syntax error" in done.text
