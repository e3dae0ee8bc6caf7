"""Files and disks of the machine, and backups."""

import pytest

from itemsite.operations import backup
from itemsite.operations.backup import site
from itemsite.operations.doctor import machine
from itemsite.operations.record import append_record
from itemsite.operations.server import OperationError
from itemsite.tests.operations.doctor.findings import assert_found, found


@pytest.fixture
def collected(settings, tmp_path):
    storage = {"BACKEND": "itemsite.static_files.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    settings.STATIC_ROOT = tmp_path
    return tmp_path


def test_static_files_that_are_not_collected_are_found(collected):
    line = "manage.py collectstatic --noinput"
    assert_found(found([machine.static_files]), ("fault", "static_files", line))

    (collected / "staticfiles.json").write_text('{"version": "1.1", "hash": "", "paths": {}}')
    assert_found(found([machine.static_files]), ("warning", "static_files", "is newer", line))


@pytest.mark.parametrize(("free", "severity"), [(5e8, "warning"), (5e7, "fault")])
def test_a_full_disk_is_found(monkeypatch, free, severity):
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: usage)

    assert_found(found([machine.disks]), (severity, "disks", "MB free"))


def test_backups_that_are_missing_old_or_cut_are_found(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path
    line = "manage.py backup"
    assert_found(found([machine.backup_age]), ("warning", "backup_age", "no backup", line))

    old = tmp_path / f"itemsite-{site()}-20250101T000000Z.dump"
    old.touch(0o600)
    append_record(old, {"made_at": "2025-01-01T00:00:00+00:00"})
    assert_found(found([machine.backup_age]), ("warning", "backup_age", "days old", line))

    old.with_name(old.name.replace("2025", "2026")).touch()
    assert_found(found([machine.backup_age]), ("fault", "backup_age", "is not complete", line))


def test_a_folder_of_another_account_is_named(settings, tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    settings.BACKUP_DIR = tmp_path
    monkeypatch.setattr(machine, "backups", refuse)
    monkeypatch.setattr(backup.Path, "mkdir", refuse)

    with pytest.raises(OperationError, match=f"cannot write to {tmp_path}. .*sudo chown"):
        backup.take(tmp_path)

    expected = ("fault", "backup_age", f"BACKUP_DIR: {tmp_path}: Permission denied.")
    assert_found(found([machine.backup_age]), expected)


def test_a_secret_that_others_can_read_is_found(monkeypatch, tmp_path):
    (tmp_path / "secret_key").touch(0o644)
    monkeypatch.setattr(machine.startup, "SECRET_KEY_FILE", tmp_path / "secret_key")

    findings = found([machine.secret_files])

    assert_found(findings, ("warning", "secret_files", f"chmod 600 {tmp_path}/secret_key"))
