"""Two users at once: own buttons, old ones, copied ones of the other, everything twice and in any
order. Nobody sees or steers what is not his, nothing starts twice, nothing raises, and there is
always a way on."""

import json
import logging
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.hub.stand_in.accounts import CODE
from core.hub.stand_in.telegram import MadeUpPerson, Shown
from tests.hub.world import ANNA, BEN, BOT_TOKEN, World

FULL = os.environ.get("TORTURE") == "full"
PEOPLE = (ANNA, BEN)
MARKS = {ANNA.id: "mark-of-anna", BEN.id: "mark-of-ben"}
TEXTS = (
    "@chat_{mark}",
    "01.03.2026 - 31.03.2026",
    "2000 - 3500",
    "3",
    "+7 957 123-45-67",
    "-".join(CODE),
    CODE,
    "nonsense",
    "",
    "😀" * 50,
    BOT_TOKEN,
    "-1001234567890",
)
COMMANDS = ("/start", "/menu", "/status", "/tasks", "/cancel", "/help", "/what")


class Errors(logging.Handler):
    """What the hub logs as an error: nothing shall be."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(f"{record.getMessage()} {record.exc_info}")


class TwoUsers(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(self.folder)
        self.errors = Errors()
        logging.getLogger().addHandler(self.errors)
        self.links: Counter[str] = Counter()
        self.seen: dict[int, list[tuple[int, str]]] = {person.id: [] for person in PEOPLE}
        for person in PEOPLE:
            self.world.know(person)
        self.world.start()
        for person in PEOPLE:
            self.world.menu(person)
            self.world.quiet()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            logging.getLogger().removeHandler(self.errors)
            self.world.close()
            shutil.rmtree(self.folder)

    # What people do

    @rule(who=st.sampled_from(PEOPLE), at=st.integers(0, 3), button=st.integers(0, 9))
    def press(self, who: MadeUpPerson, at: int, button: int) -> None:
        """A button under one of the newest messages; mostly the menu."""
        if found := self.button(who, at, button):
            self.pressed(who, *found)

    @rule(who=st.sampled_from(PEOPLE), at=st.integers(0, 3), button=st.integers(0, 9))
    def press_twice(self, who: MadeUpPerson, at: int, button: int) -> None:
        if found := self.button(who, at, button):
            self.world.telegram.press_data(who, *found)
            self.pressed(who, *found)

    @rule(who=st.sampled_from(PEOPLE), at=st.integers(0, 9), button=st.integers(0, 9))
    def press_what_the_other_has(self, who: MadeUpPerson, at: int, button: int) -> None:
        other = BEN if who is ANNA else ANNA
        if found := self.button(other, at, button):
            before = self.steering()
            alert = self.pressed(who, *found)
            assert alert  # it is told that the button is somebody else's
            assert self.steering() == before

    @rule(who=st.sampled_from(PEOPLE), number=st.integers(0, 10_000))
    def press_what_was_there_before(self, who: MadeUpPerson, number: int) -> None:
        """A button of an earlier screen, kept by somebody who knows how."""
        old = [one for one in self.seen[who.id] if self.is_old(who, one[1])]
        if old:
            before = self.steering()
            assert self.pressed(who, *old[number % len(old)])
            assert self.steering() == before

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(TEXTS))
    def type(self, who: MadeUpPerson, text: str) -> None:
        self.said(who, text.format(mark=MARKS[who.id].replace("-", "_")))

    @rule(who=st.sampled_from(PEOPLE), command=st.sampled_from(COMMANDS))
    def command(self, who: MadeUpPerson, command: str) -> None:
        self.said(who, command)

    @rule(who=st.sampled_from(PEOPLE), site=st.sampled_from(("avito.ru", "cian.ru")))
    def start_a_task(self, who: MadeUpPerson, site: str) -> None:
        """The whole way, each button twice."""
        link = f"https://www.{site}/{MARKS[who.id]}?number={sum(self.links.values())}"
        self.said(who, "/menu")
        self.press_title(who, "realty")
        self.press_title(who, "realty." + site.removesuffix(".ru"))
        self.said(who, link)
        for data in ("pick", "yes"):
            menu = self.menu_of(who)
            chosen = next(
                one for row in menu.buttons for _caption, one in row if one.startswith(data)
            )
            self.world.telegram.press_data(who, menu.id, chosen)
            self.pressed(who, menu.id, chosen)
        self.links[link] += 1

    @rule(fate=st.sampled_from(("finish", "forget")))
    def a_task_ends(self, fate: str) -> None:
        for work in self.world.realty.works.all():
            if work.look() == "running":
                if fate == "finish":
                    self.world.realty.works.finish(work.id)
                else:
                    self.world.realty.works.forget(work.id)
                return

    # What holds after each of it

    @invariant()
    def nobody_sees_what_is_not_his(self) -> None:
        for person in PEOPLE:
            other = MARKS[BEN.id if person is ANNA else ANNA.id]
            for text in self.world.telegram.texts(person.id):
                assert other not in text
                assert other.replace("-", "_") not in text

    @invariant()
    def nothing_starts_twice(self) -> None:
        posted = Counter(
            call.body.get("avito_url") or call.body.get("cian_url")
            for call in self.world.realty.of("POST", "/parse/start")
        )
        assert all(count == 1 for count in posted.values()), posted
        rows = self.world.query(
            "SELECT user_id, request FROM active_tasks JOIN task_cards USING (id)"
            " WHERE service = 'realty'"
        )
        begun = Counter(json.loads(request)["link"] for _user, request in rows)
        assert all(begun[link] == 1 for link in self.links)
        assert all(count == 1 for count in begun.values())
        assert all(MARKS[user] in json.loads(request)["link"] for user, request in rows)

    @invariant()
    def nothing_raises(self) -> None:
        assert not self.errors.found

    @invariant()
    def there_is_a_way_on(self) -> None:
        for person in PEOPLE:
            menu = self.menu_of(person)
            ((version,),) = self.world.query(
                "SELECT version FROM wizards WHERE user_id = ?", person.id
            )
            assert menu.buttons, menu.text
            for row in menu.buttons:
                for _caption, data in row:
                    if (menu.id, data) not in self.seen[person.id]:
                        self.seen[person.id].append((menu.id, data))
                    assert int(data.split("|")[3], 36) == version, (menu.text, data, version)

    # Hands and eyes

    def is_old(self, who: MadeUpPerson, data: str) -> bool:
        ((version,),) = self.world.query("SELECT version FROM wizards WHERE user_id = ?", who.id)
        return int(data.split("|")[3], 36) != version

    def button(self, who: MadeUpPerson, at: int, button: int) -> tuple[int, str] | None:
        """A message, counted from the newest, and the data of one of its buttons."""
        messages = [one for one in reversed(self.world.telegram.chat(who.id)) if one.buttons]
        if not messages:
            return None
        message = messages[at % len(messages)]
        data = [one for row in message.buttons for _caption, one in row]
        return message.id, data[button % len(data)]

    def pressed(self, who: MadeUpPerson, message: int, data: str) -> str:
        press = self.world.telegram.press_data(who, message, data)
        alert = self.world.telegram.wait_for_alert(press)
        self.world.quiet()
        return alert

    def press_title(self, who: MadeUpPerson, place: str) -> None:
        menu = self.menu_of(who)
        data = next(
            one for row in menu.buttons for _caption, one in row if one.startswith(f"go|{place}|")
        )
        self.world.telegram.press_data(who, menu.id, data)
        self.pressed(who, menu.id, data)

    def said(self, who: MadeUpPerson, text: str) -> None:
        self.world.telegram.say(who, text)
        self.world.quiet()

    def menu_of(self, who: MadeUpPerson) -> Shown:
        ((number,),) = self.world.query("SELECT message_id FROM wizards WHERE user_id = ?", who.id)
        return next(one for one in self.world.telegram.chat(who.id) if one.id == number)

    def steering(self) -> list[object]:
        """What steers anything: requests that change, and where everybody is."""
        changes = [
            (server, call.path)
            for server in (self.world.workers, self.world.realty, self.world.phones)
            for call in server.of("POST")
        ]
        return [len(changes), self.world.query("SELECT user_id, place, version FROM wizards")]


# Its length depends on how busy the machine is; each wait in it has an end of its own.
TestTwoUsers = pytest.mark.timeout(900)(pytest.mark.slow(TwoUsers.TestCase))
TwoUsers.TestCase.settings = settings(
    max_examples=100 if FULL else 12,
    stateful_step_count=40 if FULL else 25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
