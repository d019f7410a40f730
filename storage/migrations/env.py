"""What alembic runs to migrate: on the connection that was handed over, over our own tables only."""

from __future__ import annotations

from typing import Any

from alembic import context


def run() -> None:
    """Run the migrations on ``config.attributes["connection"]``, inside its open transaction."""
    given = context.config.attributes

    def is_ours(name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or (name or "").startswith(given["prefix"])

    context.configure(
        connection=given["connection"],
        target_metadata=given["metadata"],
        version_table=given["version_table"],
        include_name=is_ours,
        include_object=lambda item, name, kind, reflected, other: is_ours(name, kind, None),
        render_as_batch=True,
        compare_type=True,
    )
    context.run_migrations()


# alembic loads this file under this name; whatever else imports it only wants to read it.
if __name__ == "env_py":
    run()
