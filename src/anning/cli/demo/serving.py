"""The pages of the demonstration, its campaign on them already (演示网页)."""

from __future__ import annotations

import shutil
from contextlib import suppress

from uuid_utils import uuid7

from anning.accounts.roles import ROOT
from anning.api.house import House
from anning.api.scrubs import ScrubRequest
from anning.api.server import listen, serve
from anning.cli import show
from anning.cli.demo import tell, world
from anning.cli.demo.run import JOB, Story
from anning.errors import Unavailable
from anning.gate.scrub import Language
from anning.portal.pages import routes
from anning.settings import Settings, read_settings


def serve_pages(story: Story, language: Language) -> None:
    """Serve until told to stop; the campaign is judged once more, as if it had been uploaded."""
    settings = _on_a_free_port(read_settings(data_dir=story.folder / "var", database_url="", segments_dir=None))
    house = House(settings)

    def ready(_: str) -> None:
        _upload(house, story, language)
        show.say("", "")
        tell.who_signs_in(story, house.origin)
        show.say("按 Ctrl-C 结束。", "Ctrl-C ends it.")

    try:
        with suppress(KeyboardInterrupt):
            serve(house, more=routes(house), ready=ready)
    finally:
        house.close()


def _upload(house: House, story: Story, language: Language) -> None:
    asked = ScrubRequest(
        sender=JOB.sender,
        provider=JOB.provider,
        code=JOB.code,
        filename=story.campaign.path.name,
        text=JOB.text,
        purpose=JOB.purpose,
        at=JOB.at,
        output=".xlsx",
        language=language,
    )
    job = house.scrubs.ask(str(uuid7()), ROOT, world.ACTOR, asked)
    shutil.copyfile(story.campaign.path, house.scrubs.place_of_list(job))
    house.scrubs.uploaded(job)
    house.wake.set()


def _on_a_free_port(settings: Settings) -> Settings:
    """The port of the settings, or any when somebody listens there; by name, for a browser binds passkeys to one."""
    try:
        found = listen(settings.host, settings.port)
    except Unavailable:
        found = listen(settings.host, 0)
    with found:
        port = found.getsockname()[1]
    return settings.model_copy(update={"port": port, "public_url": settings.public_url or f"http://localhost:{port}"})
