"""The catalogue: the scenarios that can be ridden, by their slugs."""

from importlib import resources
from pathlib import Path

from scenarios.errors import UnknownScenarioError
from scenarios.loading.loader import FILE, load_scenario
from scenarios.loading.nearest import nearest
from scenarios.model.scenario import Scenario


class Catalogue:
    """A folder of scenarios, one folder each. Without an argument: those that come with Ride."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(str(resources.files("scenarios"))) / "catalogue"
        self._loaded: dict[str, Scenario] = {}

    def slugs(self) -> tuple[str, ...]:
        """The slugs of all scenarios, sorted."""
        if not self.folder.is_dir():
            return ()
        return tuple(sorted(path.parent.name for path in self.folder.glob(f"*/{FILE}")))

    def load(self, slug: str) -> Scenario:
        """The scenario of this slug; read once. Raises UnknownScenarioError or ScenarioFileError."""
        known = self.slugs()
        if slug not in known:
            raise UnknownScenarioError(slug, known=known, nearest=nearest(slug, known))
        if slug not in self._loaded:
            self._loaded[slug] = load_scenario(self.folder / slug)
        return self._loaded[slug]

    def all(self) -> tuple[Scenario, ...]:
        """Every scenario, by slug. Raises ScenarioFileError for the first folder with mistakes."""
        return tuple(self.load(slug) for slug in self.slugs())
