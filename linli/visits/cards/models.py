"""Designs, the public face of an officer, pages of grids, batches of printed cards, and the doors they go to."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from linli.kernel.ids import new_id
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.kernel.workflow import Move, State, Workflow
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.places.addresses.models import Address
from linli.places.grid.models import Grid
from linli.places.homes.rules import door_words
from linli.visits.cards.rules import LAYOUTS, OUTCOMES
from linli.works.files.models import StoredFile

BATCH_LIFE = Workflow(
    "card_batch",
    "going_out",
    (
        State("going_out", Words("发放中", "going out")),
        State("delivered", Words("已发完", "delivered")),
        State("withdrawn", Words("已作废", "withdrawn"), final=True),
        State("replaced", Words("已换新", "replaced"), final=True),
    ),
    (
        Move("complete", ("going_out",), "delivered", Words("发完", "complete"), machine=True),
        Move("reopen", ("delivered",), "going_out", Words("继续发放", "reopen"), machine=True),
        Move("withdraw", ("going_out", "delivered"), "withdrawn", Words("作废", "withdraw")),
        Move("replace", ("going_out", "delivered"), "replaced", Words("换新", "replace"), machine=True),
    ),
)


class CardDesignQuery(models.QuerySet["CardDesign"]):
    def visible_to(self, actor: Actor) -> Self:
        """Designs of the agencies at or above one's own: a bureau's are its rooms' too; and of those below."""
        above = Q(pk__in=[])
        for path in actor.paths:
            codes = path.strip("/").split("/")
            above |= Q(agency__path__in=["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))])
        return self.filter(above | below("agency__path", actor.paths))

    def in_use(self) -> Self:
        return self.filter(ended_at__isnull=True)


class CardDesign(models.Model):
    """What the cards of an agency and all below it look like. ``call_for`` says what to call for; ``supervision_phone``
    is where residents say what was wrong with the police.
    """

    LAYOUTS: ClassVar = LAYOUTS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="card_designs")
    name = models.CharField(max_length=40)
    layout = models.CharField(max_length=12, default="plain")
    title = models.CharField(max_length=24, default="警民联系卡")
    call_for = models.CharField(max_length=80)
    supervision_phone = models.CharField(max_length=32, blank=True)
    motto = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CardDesignQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["agency__path", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "name"], condition=Q(ended_at__isnull=True), name="card_design_once"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class PublicFaceQuery(models.QuerySet["PublicFace"]):
    def visible_to(self, actor: Actor) -> Self:
        """Oneself, and those whose posts one reaches."""
        if actor.is_system:
            return self.all()
        held = Person.objects.filter(below("posts__agency__path", actor.paths)).values("pk")
        return self.filter(Q(person_id=actor.id) | Q(person_id__in=held))


class PublicFace(models.Model):
    """What of an officer is public by duty: a photograph and a duty telephone, as they stand on the card and on the
    residents' page. His own number is never here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="public_face")
    photo = models.ForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+")
    duty_phone = models.CharField(max_length=32, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PublicFaceQuery.as_manager()

    def scope_paths(self) -> tuple[str, ...]:
        return self.person.scope_paths()


class GridPage(models.Model):
    """The residents' door of a grid: ``code`` stands in the QR and never changes. ``lon``/``lat`` is a point within the
    grid, so that the door still leads somewhere when grids are drawn anew.
    """

    scope_excuse = "A public address; what it shows is public by duty, and it names no resident."

    code = models.CharField(max_length=24, primary_key=True)
    grid_code = models.CharField(max_length=24, unique=True)
    lon = models.FloatField()
    lat = models.FloatField()
    made_at = models.DateTimeField()

    def scope_paths(self) -> tuple[str, ...]:
        return ("/",)


class CardBatchQuery(models.QuerySet["CardBatch"]):
    def visible_to(self, actor: Actor) -> Self:
        """The room that carries them out, and whoever stands above it."""
        return self.filter(below("agency__path", actor.paths))

    def in_force(self) -> Self:
        return self.filter(state__in=("going_out", "delivered"))


class CardBatch(models.Model):
    """Cards of one grid printed at one time, with what was printed on them: so it is known when they have become
    stale.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="card_batches")
    grid_code = models.CharField(max_length=24, db_index=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="card_batches")
    design = models.ForeignKey(CardDesign, on_delete=models.PROTECT, related_name="batches")
    officer = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="card_batches")
    officer_name = models.CharField(max_length=60, blank=True)
    room_name = models.CharField(max_length=80)
    phone = models.CharField(max_length=32, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    doors_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, default=BATCH_LIFE.initial)
    made_at = models.DateTimeField()
    made_by_name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    objects = CardBatchQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["grid_code"],
                condition=Q(state__in=("going_out", "delivered")),
                name="card_batch_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.grid_code} {self.made_at:%Y-%m-%d}"

    def scope_paths(self) -> tuple[str, ...]:
        return (self.agency.path,)


class CardDoorQuery(models.QuerySet["CardDoor"]):
    def visible_to(self, actor: Actor) -> Self:
        """As the batch."""
        return self.filter(below("batch__agency__path", actor.paths))


class CardDoor(models.Model):
    """One door of a batch: a house, or one flat of it by ``unit`` and ``room`` where homes are registered.

    ``outcome`` is blank until somebody has been there; it says nothing of who lives there.
    """

    OUTCOMES: ClassVar = OUTCOMES

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(CardBatch, on_delete=models.CASCADE, related_name="doors")
    address = models.ForeignKey(Address, on_delete=models.PROTECT, related_name="card_doors")
    unit = models.CharField(max_length=8, blank=True)
    room = models.CharField(max_length=12, blank=True)
    place = models.PositiveIntegerField()
    """In which order one walks."""
    outcome = models.CharField(max_length=12, blank=True)
    cards = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=80, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = CardDoorQuery.as_manager()

    class Meta:
        ordering: ClassVar = ["place"]
        indexes: ClassVar = [models.Index(fields=["batch", "outcome"], name="card_door_outcome")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "address", "unit", "room"], name="card_door_once")
        ]

    def scope_paths(self) -> tuple[str, ...]:
        return (self.batch.agency.path,)

    @property
    def text(self) -> str:
        """The door as it is said: the address, unit and room."""
        return f"{self.address.text}{door_words(self.unit, self.room)}"
