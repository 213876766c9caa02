"""Health for load balancers, figures for monitoring."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from linli.api.auth import whoever
from linli.api.problems import SignedOut, problem
from linli.kernel import clock
from linli.kernel.errors import NotAllowed, declare
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import Order
from linli.trail.seal.queries import head, unsealed
from linli.works.jobs.queries import failed_count, next_due_at
from linli.works.outbox.queries import oldest_unsent_at

declare(
    "metrics.not_yours",
    zh="运行指标只向管理员、审计员和监控系统开放。",
    en="Metrics are for administrators, auditors and monitoring.",
)

_READERS = ("administrator", "auditor", "bureau_leader")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives."""
    return JsonResponse({"ok": True})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and is up to date: calls may be sent here."""
    try:
        ready = not _missing_migrations()
    except DatabaseError:
        ready = False
    return JsonResponse({"ready": ready}, status=200 if ready else 503)


_migrated: list[bool] = []


def _missing_migrations() -> bool:
    # A database never loses a migration while it is served: the plan is looked at until it is empty, then one query
    # will do.
    if _migrated:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return False
    executor = MigrationExecutor(connection)
    missing = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not missing:
        _migrated.append(True)
    return missing


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of the house in Prometheus' text form; no figure is about a person."""
    actor = whoever(request)
    if actor is None:
        return problem(SignedOut("request.signed_out"))
    if actor.kind == "person" and not actor.holds(*_READERS):
        return problem(NotAllowed("metrics.not_yours"))
    registry = CollectorRegistry()
    for name, help_text, value in _figures():
        Gauge(f"linli_{name}", help_text, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _figures() -> list[tuple[str, str, float]]:
    now = clock.now()
    due, unsent = next_due_at(now), oldest_unsent_at()
    entries, _ = head()
    return [
        ("matters_open", "matters that are not closed", Matter.objects.filter(closed_at__isnull=True).count()),
        ("calls_waiting", "incidents without a unit", Matter.objects.filter(kind="incident", state="waiting").count()),
        ("orders_active", "orders that are running", Order.objects.active().count()),
        ("trail_sealed", "sealed entries of the trail", entries),
        ("trail_unsealed", "entries waiting for the sealer", unsealed()),
        ("jobs_failed", "jobs tried to the end in vain", failed_count()),
        ("jobs_late_seconds", "how long the most overdue job is late", _behind(now, due)),
        ("outbox_oldest_seconds", "age of the oldest message not yet sent", _behind(now, unsent)),
    ]


def _behind(now: datetime, at: datetime | None) -> float:
    return max(0.0, (now - at).total_seconds()) if at else 0.0
