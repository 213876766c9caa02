from __future__ import annotations

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Fills the kernel's port: from here on every act is recorded in its own transaction."""

    name = "linli.trail"
    label = "trail"

    def ready(self) -> None:
        from linli.kernel.ports import PORTS
        from linli.trail.entries.acts import write_entry

        PORTS.trail = write_entry
