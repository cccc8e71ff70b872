"""`ride images`: the images that sandboxes in containers are made of."""

import asyncio
import time
from typing import Annotated

import typer
from rich.console import Console

from bot.base.config import load_settings
from bot.base.stopping import first
from bot.cli.exits import INTERRUPTED, stopping_of
from bot.program.providers import docker_provider
from sandbox.containers.images import Images, SandboxImage
from scenarios.loading.catalogue import Catalogue
from scenarios.model.scenario import Scenario

app = typer.Typer(
    help="The images for sandboxes in containers: build them ahead of time, list them.", no_args_is_help=True
)


@app.command()
def build(
    context: typer.Context,
    slug: Annotated[str | None, typer.Argument(help="One scenario; default: all.")] = None,
    *,
    push: Annotated[bool, typer.Option("--push", help="Also push them to RIDE_IMAGE_REPOSITORY.")] = False,
) -> None:
    """Build the scenarios' images that don't exist yet; a ride builds a missing one by itself."""
    catalogue = Catalogue()
    scenarios = [catalogue.load(slug)] if slug else list(catalogue.all())
    provider = docker_provider(load_settings())
    console = Console(highlight=False, markup=False)

    async def work(stopped: asyncio.Event) -> int:
        try:
            for scenario in scenarios:
                if await first(stopped, _build(provider.images, scenario, console, push=push)) is None:
                    return INTERRUPTED
        finally:
            await provider.close()
        return 0

    raise typer.Exit(stopping_of(context).run(work))


@app.command("list")
def list_images() -> None:
    """List the images that exist; those of other versions are marked."""
    provider = docker_provider(load_settings())
    scenarios = list(Catalogue().all())

    async def look() -> tuple[list[SandboxImage], set[str]]:
        try:
            found = list(await provider.images.all())
            return found, {await provider.images.name(scenario) for scenario in scenarios}
        finally:
            await provider.close()

    found, current = asyncio.run(look())
    console = Console(highlight=False, markup=False)
    for image in found:
        mark = "" if image.name in current else "  (another version)"
        size = f"{image.size >> 20} MB, from {image.base}"
        console.print(f"{image.name}  {image.scenario} {image.version}  {size}{mark}", soft_wrap=True)
    names = {image.name for image in found}
    for name in sorted(current - names):
        console.print(f"{name}  not built yet: run `ride images build`", soft_wrap=True)


async def _build(images: Images, scenario: Scenario, console: Console, *, push: bool) -> bool:
    began = time.monotonic()

    def tell(what: str) -> None:
        console.print(f"{scenario.slug}: {what}", soft_wrap=True)

    image = await images.get(scenario, tell)
    tell(f"{image.name} is ready ({image.size >> 20} MB, {time.monotonic() - began:.1f} s)")
    if push:
        await images.push(image, tell)
        tell(f"{image.name} has been pushed")
    return True
