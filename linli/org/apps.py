from __future__ import annotations

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """Fills the kernel's port of rights: post × act × scope."""

    name = "linli.org"
    label = "org"

    def ready(self) -> None:
        import linli.org.agencies.acts
        import linli.org.calendars.acts
        import linli.org.codecards.acts
        import linli.org.drawing.acts
        import linli.org.enrolment.acts
        import linli.org.intake.acts
        import linli.org.map.queries
        import linli.org.people.acts
        import linli.org.posts.acts
        import linli.org.reach.acts
        import linli.org.registers.acts
        import linli.org.rooms.acts
        import linli.org.roster.acts  # noqa: F401  (importing declares the acts)
        from linli.kernel.claims import declare_claims
        from linli.kernel.ports import PORTS
        from linli.org.access.rules import holds_right
        from linli.org.drawing.queries import CLAIM_SOURCES

        PORTS.rights = holds_right
        declare_claims(*CLAIM_SOURCES)
