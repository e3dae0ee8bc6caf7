from pathlib import Path

from django.contrib.staticfiles import finders

from itemsite.stylesheets import PARTS, StylesheetFinder


def test_all_parts_are_in_the_stylesheet_of_the_pages(settings):
    joined = Path(finders.find("pages.css")).read_text()

    for part in PARTS:
        assert (settings.BASE_DIR / "static" / part).read_text() in joined


def test_a_part_that_changed_is_joined_anew(settings, tmp_path):
    (tmp_path / "static").mkdir()
    for part in PARTS:
        (tmp_path / "static" / part).write_text(f"/* {part} */")
    settings.BASE_DIR, settings.VAR = tmp_path, tmp_path / "var"
    finder = StylesheetFinder()
    finder.find("pages.css")
    (tmp_path / "static/print.css").write_text("/* changed */")

    joined = Path(finder.find("pages.css")).read_text()

    assert joined.splitlines()[-1] == "/* changed */"
