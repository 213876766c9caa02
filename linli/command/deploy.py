"""``linli check --deploy``: what keeps this installation from being safe to run, each with what to do."""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from linli.command.main import Failed
from linli.org.people.models import Account
from linli.places.roads.queries import active_roads
from linli.works.jobs.queries import failed_count


class Finding(NamedTuple):
    """``level`` is unsafe (must be put right) or weak (should be)."""

    code: str
    level: str
    zh: str
    en: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """--deploy looks at the whole installation."""
    parser.add_argument("--deploy", action="store_true", help="also what only matters where people depend on it")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Look at keys, database, settings and data. Exit 1 when something is unsafe."""
    found = [*_keys(), *_database()]
    if options.deploy:
        found += [*_settings(), *_database_deployed(), *_data()]
    unsafe = [item for item in found if item.level == "unsafe"]
    answer = {"ok": not unsafe, "findings": [item._asdict() for item in found]}
    if unsafe:
        raise Failed(answer)
    return answer


def _keys() -> Iterator[Finding]:
    folder = Path(settings.LINLI_HOME) / "keys"
    for file in sorted(folder.glob("*.key")):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            yield Finding(
                "keys.readable",
                "unsafe",
                f"{file.name}可被他人读取：chmod 600",
                f"{file} can be read by others: chmod 600",
            )
    if folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(
            "keys.folder", "unsafe", "密钥目录可被他人进入：chmod 700", f"{folder} is open to others: chmod 700"
        )


def _database() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as failed:
        yield Finding(
            "database.unreachable", "unsafe", f"数据库无法访问：{failed}", f"The database cannot be reached: {failed}"
        )
        return
    if missing:
        yield Finding("database.behind", "unsafe", "数据库未升级：linli init", "The database is behind: linli init")


def _settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding("settings.debug", "unsafe", "调试模式已开启", "DEBUG is on")
    if settings.LINLI_DEMO:
        yield Finding(
            "settings.demo",
            "unsafe",
            "演示安装：登录页可免密选择角色",
            "A demo installation: its sign-in page offers each role without a password",
        )
    if not settings.SESSION_COOKIE_SECURE or not settings.CSRF_COOKIE_SECURE:
        yield Finding(
            "settings.cookies",
            "unsafe",
            "会话Cookie未限HTTPS：使用 linli.settings.production",
            "Session cookies travel without HTTPS: use linli.settings.production",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding("settings.hosts", "unsafe", "LINLI_HOSTS接受任何主机名", "LINLI_HOSTS accepts any host name")
    if not settings.LINLI_IDLE_S:
        yield Finding("settings.idle", "unsafe", "空闲会话不会自动退出", "Idle sessions never end")
    if os.geteuid() == 0:
        yield Finding("process.root", "weak", "正以root身份运行", "Running as root")


_POSTGRES_NEEDS = (
    ("fsync", ("on",)),
    ("synchronous_commit", ("on", "remote_apply", "remote_write")),
    ("full_page_writes", ("on",)),
    ("data_checksums", ("on",)),
    ("data_sync_retry", ("off",)),
)


def _database_deployed() -> Iterator[Finding]:
    if connection.vendor != "postgresql":
        yield Finding(
            "database.embedded",
            "weak",
            "嵌入式数据库只有一台机器：请每日 linli backup 到另一处",
            "The embedded database lives on one machine: run linli backup daily to another place",
        )
        return
    with connection.cursor() as cursor:
        for name, wanted in _POSTGRES_NEEDS:
            cursor.execute(f"SHOW {name}")
            value = str(cursor.fetchone()[0])
            if value not in wanted:
                yield Finding(
                    f"postgres.{name}",
                    "unsafe",
                    f"PostgreSQL的{name}为{value}，应为{wanted[0]}：断电可能丢失警情",
                    f"PostgreSQL runs with {name} = {value}, not {wanted[0]}: power loss may lose calls",
                )
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            yield Finding(
                "postgres.superuser", "weak", "应用以数据库超级用户连接", "The application connects as a superuser"
            )


def _data() -> Iterator[Finding]:
    try:
        if active_roads() is None:
            yield Finding(
                "roads.none", "weak", "未导入路网：无法推荐力量", "No road network is loaded: no unit is recommended"
            )
        if failed_count():
            yield Finding(
                "jobs.failed", "weak", f"{failed_count()}项任务失败", f"{failed_count()} jobs failed for good"
            )
        staff = Account.objects.filter(is_active=True, is_superuser=True).count()
        if staff:
            yield Finding(
                "accounts.superuser", "weak", f"{staff}个Django超级用户", f"{staff} Django superusers are open"
            )
    except DatabaseError:
        return


def words(answer: dict[str, Any]) -> str:
    """One line a finding."""
    lines = [f"{item['level']:<6} {item['code']}: {item['zh']}。{item['en']}." for item in answer["findings"]]
    return "\n".join([*lines, "可以运行。Safe to run." if answer["ok"] else "请先处理以上问题。Put these right first."])
