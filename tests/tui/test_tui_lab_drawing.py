"""What the lab screens draw with: half blocks, colours for numbers, tables, ticks, words for durations."""

from __future__ import annotations

import numpy as np
import pytest
from lab_runs import WrittenRun
from textual.app import App
from textual.content import Content

from tools.engine import runs
from tutor.tui.labs import pixel_view
from tutor.tui.labs.bars import bar_lines
from tutor.tui.labs.blocks import fitted, half_blocks
from tutor.tui.labs.curves import round_ticks
from tutor.tui.labs.headline import progress_line
from tutor.tui.labs.heat import heat_lines, matrix_lines, scale_bounds
from tutor.tui.labs.picture import picture_of
from tutor.tui.labs.tables import table_lines
from tutor.tui.labs.words import bar, difference, duration, groups_of, number, sparkline, told_apart

APP: App[None] = App()


def plain(lines: list[Content]) -> list[str]:
    return [line.plain for line in lines]


def test_two_rows_of_pixels_make_one_line_with_both_colours():
    pixels = np.array(
        [[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]], [[1, 2, 3], [1, 2, 3]]], np.uint8
    )
    strips = half_blocks(pixels)
    assert [strip.text for strip in strips] == ["▀▀", "▀▀"]
    first = next(iter(strips[0])).style
    assert first.color.triplet == (255, 0, 0)
    assert first.bgcolor.triplet == (0, 0, 255)
    assert next(iter(strips[1])).style.bgcolor is None, "there is no pixel below the last row"


def test_small_pictures_grow_by_whole_pixels_and_large_ones_shrink_to_means():
    small = np.arange(2 * 2 * 3, dtype=np.uint8).reshape(2, 2, 3)
    grown = fitted(small, 9, 4)
    assert grown.shape == (8, 8, 3)
    assert (grown[:4, :4] == small[0, 0]).all()
    large = np.zeros((100, 200, 3), np.uint8)
    large[:, 100:] = 200
    shrunk = fitted(large, 20, 50)
    assert shrunk.shape == (10, 20, 3)
    assert (shrunk[:, :10] == 0).all()
    assert (shrunk[:, 10:] == 200).all()


def test_a_picture_of_odd_size_fits_any_room():
    pixels = np.full((37, 53, 3), 90, np.uint8)
    for columns, lines in ((1, 1), (7, 3), (53, 5), (500, 200)):
        shown = fitted(pixels, columns, lines)
        assert shown.shape[1] <= columns
        assert shown.shape[0] <= lines * 2
        assert (shown == 90).all()


def test_a_table_fits_its_width_with_numbers_at_the_right_and_no_markup():
    rows = [["[b]long[/b] " * 20, 0.5, 3], ["日本語", 12.25, 100_000]]
    lines = table_lines({"columns": ["text", "share", "rows"], "rows": rows}, 60, APP)
    assert {line.cell_length for line in lines} <= {0, 60}
    assert "[b]long[/b]" in lines[2].plain
    assert lines[2].plain.rstrip().endswith("3")
    assert lines[-1].plain.rstrip().endswith("100,000")


def test_a_table_without_rows_or_with_ragged_rows_is_shown_all_the_same():
    assert plain(table_lines({"columns": ["a"], "rows": []}, 40, APP))[0].strip() == "a"
    assert len(table_lines({"columns": ["a"], "rows": [[1], [1, 2, 3], []]}, 40, APP)) == 5


def test_no_word_of_a_table_is_lost_where_it_is_too_wide():
    told = " ".join(f"word{i}" for i in range(40))
    columns = ["setting", "seed", "continuation", "the model's own probabilities", "distinct tokens"]
    rows = [["temperature 0.8, top-k 40", 0, told, 0.4479, 0.72], ["greedy", 1, "short", 0.5, 0.25]]
    lines = table_lines({"columns": columns, "rows": rows}, 56, APP)
    assert max(line.cell_length for line in lines) <= 56
    words = " ".join(plain(lines)).split()
    assert "…" not in " ".join(words)
    assert set(told.split()) <= set(words)
    assert {"probabilities", "distinct", "tokens", "0.448", "0.720", "0.250"} <= set(words)
    assert words.count("greedy") == 2, "each part of the table says which row it is"


def test_a_table_is_fitted_into_the_narrowest_room():
    data = {"columns": ["日本語の長い見出し", "b"], "rows": [["日本語" * 9, 1.5], ["", 123_456_789]]}
    for width in (1, 2, 5, 11, 30):
        assert table_lines(data, width, APP)
    assert table_lines({"columns": [], "rows": [[], []]}, 20, APP)


def test_bars_show_blanks_of_tokens_and_numbers_that_are_none():
    lines = plain(bar_lines({"labels": [" the", "\n", " "], "values": [0.5, "nan", -0.25]}, 60, APP))
    assert lines[0].lstrip().startswith("␣the")
    assert "↵" in lines[1]
    assert "nan" in lines[1]
    assert lines[0].count("█") > lines[2].count("█") > 0


@pytest.mark.parametrize("width", [20, 40, 80, 160])
def test_a_confusion_matrix_keeps_within_its_width(width):
    labels = ["buildings", "forest", "glacier", "mountain", "sea", "street"]
    lines = matrix_lines({"labels": labels, "counts": [[5] * 6] * 6}, width, APP)
    assert max(line.cell_length for line in lines[:7]) <= width
    assert "30 of 180 right (16.7%)" in lines[-1].plain


def test_a_heat_map_with_too_many_columns_for_names_numbers_them():
    words = ["the", "movie", "was", "not", "bad", "at", "all"]
    values = [[0.1] * 7] * 7
    lines = plain(heat_lines({"row_labels": words, "column_labels": words, "values": values}, 40, APP))
    assert lines[0].split() == ["1", "2", "3", "4", "5", "6", "7"]
    assert lines[2].split()[:2] == ["2", "movie"]


def test_columns_whose_names_would_be_cut_alike_are_numbered_and_each_name_is_told():
    columns = [f"a photo of {each}" for each in ("buildings", "a forest", "a glacier", "the sea")]
    data = {"row_labels": ["1 sea", "2 forest"], "column_labels": columns, "values": [[0.1] * 4] * 2}
    lines = plain(heat_lines(data, 44, APP))
    assert lines[0].split() == ["1", "2", "3", "4"]
    assert lines[1].split()[:2] == ["1", "sea"], "a label that is numbered gets no second number"
    assert max(len(line) for line in lines) <= 44
    assert all(each in "  ".join(lines) for each in columns)


def test_numbers_of_narrow_columns_keep_their_last_digit():
    data = {
        "row_labels": ["a", "b"],
        "column_labels": [f"w{i}" for i in range(12)],
        "values": [[0.1] * 12] * 2,
    }
    assert plain(heat_lines(data, 20, APP))[0].split() == ["123456789012"]


def test_a_download_is_counted_in_megabytes(tmp_path):
    written = WrittenRun(tmp_path, live=True)
    written.event("progress", done=4_200_000, total=9_411_551, unit="byte", seconds_left=2, usage={})
    follower = runs.Follower(written.run)
    follower.poll()
    line = progress_line(picture_of(follower)).plain
    written.close()
    assert "4.2 of 9.4 MB · 2 s left" in line


def test_parts_that_begin_alike_are_told_apart():
    names = ["Log", "Share of attention on itself", "Share of attention on start", "One long name of a part"]
    shown = told_apart(names, 16)
    assert len(set(shown)) == 4
    assert shown[1].endswith("itself")
    assert shown[2].endswith("start")
    assert max(len(each) for each in shown[:3]) <= 16
    assert told_apart(names, 40) == names


def test_a_scale_through_zero_has_zero_in_its_middle_unless_its_ends_are_given():
    data = {"values": [[-0.1, 0.4, "nan"]]}
    assert scale_bounds(data) == (-0.4, 0.4)
    assert scale_bounds({**data, "low": -1, "high": 1}) == (-1, 1)
    assert scale_bounds({"values": [["nan"]]}) == (0.0, 1.0)
    assert scale_bounds({"values": [[3, 3]]}) == (3, 4)


def test_curves_of_one_kind_share_a_frame():
    names = ["learning_rate", "val_loss", "loss", "accuracy", "macro_f1"]
    assert groups_of(names) == {
        "loss": ["val_loss", "loss"],
        "accuracy": ["accuracy", "macro_f1"],
        "learning_rate": ["learning_rate"],
    }


@pytest.mark.parametrize(
    ("low", "high", "most", "ticks"),
    [
        (0, 1999, 4, [0, 500, 1000, 1500]),
        (0.055, 0.61, 4, [0.2, 0.4, 0.6]),
        (3, 3, 4, [3]),
        (0, 1e-5, 2, [0.0, 5e-06, 1e-05]),
    ],
)
def test_axes_have_round_numbers(low, high, most, ticks):
    assert round_ticks(low, high, most) == pytest.approx(ticks)


def test_numbers_are_written_as_they_are_read_most_easily():
    assert [number(each) for each in (0.8312, 2e-5, 12_000, 12_000.0, 1.0, "nan", True)] == [
        "0.831", "2e-05", "12,000", "12,000", "1.000", "nan", "True",
    ]  # fmt: skip
    assert difference(0.8, 0.75) == "−0.050"
    assert difference("a", 1) == ""
    assert [duration(each) for each in (0, 4.25, 59.6, 72, 3000, 4200, float("inf"))] == [
        "0 s", "4.2 s", "1 min", "1 min 12 s", "50 min", "1 h 10 min", "?",
    ]  # fmt: skip


def test_bars_and_trends_are_drawn_to_their_width():
    assert bar(0.5, 4) == "██"
    assert bar(0.0, 4) == ""
    assert bar(7.0, 4) == "████"
    assert sparkline([1, 2, 3, float("nan")], 12) == "▁▄█"
    assert len(sparkline(list(range(1000)), 12)) == 12
    assert sparkline([], 12) == ""


@pytest.mark.parametrize("program", ["xterm", "tmux"])
def test_a_terminal_that_may_not_answer_is_not_asked_for_graphics(monkeypatch, program):
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm" if program == "tmux" else "")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("KITTY_WINDOW_ID", raising=False)
    monkeypatch.setenv("TMUX", "/tmp/tmux" if program == "tmux" else "")
    assert not pixel_view.look_for_graphics()
