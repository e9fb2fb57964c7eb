"""The registers at the command line: `mount` puts their commands into the top level (登记命令)."""

from __future__ import annotations

import typer

from anning.cli.registers import code, consent, importing, policy, sender, signature, wish


def mount(app: typer.Typer) -> None:
    """Add `wish`, `consent`, `sender`, `code`, `signature`, `import` and `house-policy`."""
    for part in (wish.app, consent.app, sender.app, code.app, signature.app, importing.app):
        app.add_typer(part)
    app.command("house-policy")(policy.house_policy)
